import type { LateOutcomeRecord, Outcome, OutcomeRecord } from "@mintfax-webhooks/express";
import type { Log } from "./log.ts";

/** An outcome that needs a person is an `error`. An outcome that a stranger can cause is a `warn` at most. */
const LEVELS: Readonly<Record<Outcome, keyof Log>> = {
  processed: "info",
  duplicate: "info",
  unhandled: "info",
  refused: "warn",
  busy: "warn",
  failed: "error",
  timed_out: "error",
  unavailable: "error",
  lost: "error",
  misconfigured: "error",
};

/** One line for every outcome: for `onOutcome` and `onLateOutcome`. */
export function logOutcomes(log: Log): (record: OutcomeRecord | LateOutcomeRecord) => void {
  return (record) => {
    // Processed, but the store has not recorded it: the one alarm among the good outcomes.
    const level = record.code === "complete_unavailable" ? "error" : LEVELS[record.outcome];
    // The spread leaves `record.error` out. Its message may quote the payload, so only its class goes into the log.
    log[level]({ ...record, ageSeconds: ageOf(record), errorClass: classOf(record.error) });
  };
}

/** How long ago mintfax generated the event: it grows with every retry. */
function ageOf(record: OutcomeRecord | LateOutcomeRecord): number | undefined {
  const created = "created" in record ? record.created : undefined;
  return created === undefined ? undefined : Math.round(Date.now() / 1000 - created);
}

/** Not `error.name`: code may set that to anything. */
function classOf(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.constructor.name : typeof error;
}
