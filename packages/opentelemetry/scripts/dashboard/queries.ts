import type { Query } from "./panel.ts";

/** Only the processes that are chosen at the top of the dashboard. */
const JOB = 'job=~"$job"';

/** How often a counter went up in a minute, by a label. */
export function perMinute(counter: string, by: string, where: string = ""): Query {
  const selected = `${counter}_total{${[JOB, where].filter(Boolean).join(", ")}}`;
  return { expr: `sum by (${by}) (rate(${selected}[$__rate_interval])) * 60`, legend: `{{${by}}}` };
}

/**
 * Quantiles of a histogram in seconds.
 *
 * @param by a label that tells lines apart
 */
export function quantiles(
  histogram: string,
  wanted: readonly number[],
  where: string = "",
  by?: string,
): Query[] {
  const labels = ["le", ...(by === undefined ? [] : [by])].join(", ");
  const rate = `sum by (${labels}) (rate(${inSeconds(histogram, "_bucket", where)}[$__rate_interval]))`;
  return wanted.map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${rate})`,
    legend: `p${quantile * 100}${by === undefined ? "" : ` {{${by}}}`}`,
  }));
}

/** A metric in seconds: its name ends in `_seconds` where it came through the Collector or OTLP. */
export function inSeconds(name: string, part: string = "", where: string = ""): string {
  return `{${[`__name__=~"${name}(_seconds)?${part}"`, JOB, where].filter(Boolean).join(", ")}}`;
}

/** Every process reports the same gauge. Its name has an ending where it came through the Collector or OTLP. */
export function gauge(name: string, legend: string, ending: "_seconds" | "_ratio" | "" = ""): Query {
  const metric = ending === "" ? `${name}{${JOB}}` : `{__name__=~"${name}(${ending})?", ${JOB}}`;
  return { expr: `max by (mintfax_namespace) (${metric})`, legend: `${legend} {{mintfax_namespace}}` };
}
