import { metrics } from "@opentelemetry/api";
import { SCOPE } from "./scope.ts";
import { NAMESPACE, SCHEMA_URL } from "./semconv.ts";

/** What {@link recordCatchUp} reads of a `CatchUpReport`. */
export interface CatchUpFigures {
  /** Whether all lists were read. */
  readonly complete: boolean;
  /** Events that are not known to have got through. */
  readonly owed: number;
  /** By what has become of them. */
  readonly events: {
    /** Got through because they were sent again. */
    readonly repaired: number;
  };
  /** What comparing has found. */
  readonly faxes: {
    /** Final at mintfax and outstanding here. */
    readonly missing: number;
  };
}

/** Options of {@link recordCatchUp}. */
export interface RecordCatchUpOptions {
  /** Tells catch-ups of several environments apart. Default `mintfax`. */
  readonly namespace?: string;
}

/**
 * Counts a run of catch-up. A run that repairs nothing is what a healthy receiver has: each `repaired` is a delivery that mintfax's
 * four attempts did not get through.
 *
 * @param report of `catchUp.run()`
 *
 * @example
 * ```ts
 * recordCatchUp(await catchUp.run());
 * ```
 */
export function recordCatchUp(
  report: CatchUpFigures,
  { namespace = "mintfax" }: RecordCatchUpOptions = {},
): void {
  const meter = metrics.getMeterProvider().getMeter(SCOPE, undefined, { schemaUrl: SCHEMA_URL });
  const attributes = { [NAMESPACE]: namespace };
  const runs = meter.createCounter("mintfax.catch_up.runs", {
    unit: "{run}",
    description: "Runs that ended, by result.",
  });
  const repaired = meter.createCounter("mintfax.catch_up.repaired", {
    unit: "{event}",
    description: "Events that got through because they were sent again.",
  });
  // Zeros too: an alert on an increase needs a value from before.
  for (const result of RESULTS) {
    runs.add(result === resultOf(report) ? 1 : 0, { ...attributes, "mintfax.catch_up.result": result });
  }
  repaired.add(report.events.repaired, attributes);
}

const RESULTS = ["clean", "owes", "incomplete"] as const;

function resultOf({ complete, owed, faxes }: CatchUpFigures): (typeof RESULTS)[number] {
  if (owed > 0 || faxes.missing > 0) return "owes";
  return complete ? "clean" : "incomplete";
}
