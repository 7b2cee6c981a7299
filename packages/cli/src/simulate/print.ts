import type { Colours } from "../output/colours.ts";
import { table } from "../output/table.ts";
import { columnsOf, count, counted, duration, wrap } from "../output/text.ts";
import { adviceOn } from "../target/body-forms.ts";
import { isUnhandled, noHandlerFor } from "../target/unhandled.ts";
import type { Summary } from "./summary.ts";
import type { AnswerCount } from "./tally.ts";

/** Of the events that were never accepted, how many are shown. */
const SHOWN = 10;

/** The summary for people. */
export function textOf(summary: Summary, colours: Colours): string {
  const { attempts, answers } = summary;
  const blocks = [
    heading(summary, colours),
    attempts === 0 ? [] : table(ANSWER_COLUMNS, answers.map(answerRow)),
    latencies(summary),
    verdict(summary, colours),
    unhandled(summary, colours),
    summary.bodyForms === null ? [] : [adviceOn(summary.bodyForms)],
    pace(summary, colours),
    replay(summary).map(colours.dim),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function heading(
  { to, faxes, attempts, retries, duplicates, events, seconds, interrupted }: Summary,
  { bold, dim, yellow }: Colours,
): string[] {
  const played = interrupted
    ? `${count(faxes.done)} of ${count(faxes.asked)} faxes`
    : counted(faxes.done, "fax", "faxes");
  const extras = [counted(retries, "retry", "retries"), `${count(duplicates)} sent twice on purpose`];
  return [
    `${bold(`${played}, ${counted(events.started, "event", "events")}`)} in ${seconds.toFixed(1)} s`,
    dim(`to ${to}`),
    dim(wrap(`${counted(attempts, "delivery", "deliveries")}: ${extras.join(", ")}`, 0)),
    ...(interrupted ? [yellow("Stopped before the end.")] : []),
  ];
}

const ANSWER_COLUMNS = [
  { heading: "deliveries", align: "right" },
  { heading: "status", align: "left" },
  { heading: "outcome", align: "left" },
  { heading: "code", align: "left" },
] as const;

function answerRow({ status, outcome, code, reason, count: number }: AnswerCount): string[] {
  if (status === null) return [count(number), "none", reason ?? "", ""];
  return [count(number), String(status), outcome ?? "", code ?? ""];
}

function replay({ seed }: Summary): string[] {
  const parts = ["  To play the same faxes again:", `--seed ${seed}`];
  const line = parts.join(" ");
  return line.length <= columnsOf(process.stdout) ? [line] : [parts.join("\n  ")];
}

function latencies({ latencyMs }: Summary): string[] {
  if (latencyMs === null) return [];
  const { p50, p99, max } = latencyMs;
  const times = ["time to answer", `p50 ${duration(p50)}`, `p99 ${duration(p99)}`, `max ${duration(max)}`];
  const line = `  ${times.join("   ")}`;
  return line.length <= columnsOf(process.stdout) ? [line] : times.map((time) => `  ${time}`);
}

function unhandled({ unhandledTypes }: Summary, { yellow }: Colours): string[] {
  if (unhandledTypes.length === 0) return [];
  return [`${yellow("!")} ${wrap(noHandlerFor(...unhandledTypes), 2).trimStart()}`];
}

function verdict(
  { answers, events, firstNeverAccepted, interrupted }: Summary,
  { green, red, yellow }: Colours,
): string[] {
  if (events.neverAccepted === 0) {
    const mark = answers.every(isUnhandled) ? yellow("!") : green("✓");
    if (!interrupted) return [`${mark} Every event was accepted.`];
    return [`  ${count(events.accepted)} accepted, ${count(events.open)} still open, none given up on.`];
  }
  const shown = firstNeverAccepted.slice(0, SHOWN);
  const more = events.neverAccepted - shown.length;
  const words = `${counted(events.neverAccepted, "event was", "events were")} never accepted. mintfax would have given up on:`;
  return [
    `${red("✗")} ${wrap(words, 2).trimStart()}`,
    "",
    ...table(
      [
        { heading: "event", align: "left" },
        { heading: "type", align: "left" },
        { heading: "last answer", align: "left" },
      ],
      shown.map(({ id, type, status, code }) => [id, type, [status ?? "none", code ?? ""].join(" ")]),
    ),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ];
}

function pace({ pace: { asked, latestMs, limit } }: Summary, { yellow }: Colours): string[] {
  if (limit === "none") return [];
  const late = `${asked} faxes a second: deliveries went out up to ${duration(latestMs).replace(" ", "\u00a0")} late.`;
  const words =
    limit === "receiver"
      ? `The receiver did not keep up with ${late}`
      : `This command could not send ${late} It had no processor time left, so this says nothing about the receiver.`;
  return [`${yellow("!")} ${wrap(words, 2).trimStart()}`];
}
