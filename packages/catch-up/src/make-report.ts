import type { Comparison } from "./compare/compare.ts";
import type { CatchUpEvent, CatchUpReport, CatchUpState } from "./report.ts";
import type { Failure } from "./resend/failure.ts";
import type { Run } from "./resend/run.ts";

/** How many events a report names. */
const DETAILS_MAX = 1_000;

/** Not known to have got through, and not left to mintfax: in the order in which a report names them. */
const OWED: readonly CatchUpState[] = [
  "givenUp",
  "stillFailing",
  "refused",
  "unconfirmed",
  "postponed",
  "waiting",
  "toResend",
];
const NAMED: readonly CatchUpState[] = [...OWED, "repaired", "leftToSchedule"];

export function makeReport(run: Run, comparison: Comparison): CatchUpReport {
  const { calls, dryRun, failures, figures, notes, sinceMs, startedMs } = run;
  const byState = new Map<CatchUpState, Failure[]>(NAMED.map((state) => [state, []]));
  const events: Record<CatchUpState | "total", number> = {
    total: failures.size,
    alreadyThrough: 0,
    leftToSchedule: 0,
    waiting: 0,
    toResend: 0,
    repaired: 0,
    stillFailing: 0,
    givenUp: 0,
    unconfirmed: 0,
    refused: 0,
    postponed: 0,
  };
  let owed = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  for (const failure of failures.values()) {
    const { state } = failure;
    events[state] += 1;
    byState.get(state)?.push(failure);
    if (!OWED.includes(state)) continue;
    owed += 1;
    oldestMs = Math.min(oldestMs, failure.firstFailedMs ?? Number.POSITIVE_INFINITY);
  }
  const details = detailsOf(byState);
  const named = failures.size - events.alreadyThrough;
  if (details.length < named) {
    notes.add(
      "details_cut",
      `The report names ${details.length} of ${named} events; the counts have all of them.`,
    );
  }
  const { faxes: missing, ...faxes } = comparison;
  return {
    dryRun,
    since: new Date(sinceMs).toISOString(),
    until: new Date(startedMs).toISOString(),
    complete: figures.complete,
    requests: calls.requests,
    attemptsRead: figures.attemptsRead,
    resent: figures.resent,
    owed,
    oldestOwedAt: oldestMs === Number.POSITIVE_INFINITY ? null : new Date(oldestMs).toISOString(),
    events,
    endpointFailing: figures.endpointFailing,
    faxes,
    details,
    missing,
    notUnderstood: figures.notUnderstood,
    notes: notes.list(),
  };
}

function detailsOf(byState: ReadonlyMap<CatchUpState, readonly Failure[]>): CatchUpEvent[] {
  const details: CatchUpEvent[] = [];
  for (const failures of byState.values()) {
    for (const failure of failures) {
      if (details.length === DETAILS_MAX) return details;
      details.push(failure.shown);
    }
  }
  return details;
}
