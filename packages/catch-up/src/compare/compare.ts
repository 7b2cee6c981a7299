import { withinLimit } from "@mintfax-webhooks/core/store";
import { pagesOf } from "../api/pages.ts";
import { CatchUpError } from "../errors.ts";
import { SCHEDULE_MS } from "../resend/failure.ts";
import { attemptSetting, type Run } from "../resend/run.ts";
import { type FaxThere, faxFrom, type MissingFax } from "./fax.ts";
import { OUTSTANDING_MAX, readOutstanding } from "./outstanding.ts";

/** What the comparison found, counted while it goes on. */
export interface Comparison {
  compared: number;
  missing: number;
  leftToSchedule: number;
  open: number;
  unknown: number;
  /** The first of those that are missing. */
  readonly faxes: MissingFax[];
}

/** How many missing faxes a report names. */
const NAMED_MAX = 1_000;
/** The application's time of submission is not mintfax's time of creation. */
const CREATED_SLACK_MS = 15 * 60_000;
const ON_MISSING_LIMIT_MS = 60_000;

/**
 * Asks mintfax for the faxes that are outstanding here.
 *
 * @throws {CatchUpError} where `outstanding` or `onMissing` failed, or mintfax cannot be asked
 */
export async function compare(run: Run, comparison: Comparison): Promise<void> {
  const { outstanding } = run.settings;
  if (outstanding === undefined) return;
  const { sinceMs, notUnderstood, isCutOff } = await readOutstanding(outstanding);
  run.figures.notUnderstood += notUnderstood;
  if (notUnderstood > 0) {
    run.notes.add(
      "outstanding_not_understood",
      "outstanding() gave an entry without the id of a fax; it was left out.",
    );
  }
  if (isCutOff) {
    run.figures.complete = false;
    run.notes.add(
      "outstanding_limit",
      `outstanding() gave more than ${OUTSTANDING_MAX} faxes; the first ones were compared.`,
    );
  }
  const failed: unknown[] = [];
  const take = async (fax: FaxThere): Promise<void> => {
    sinceMs.delete(fax.id);
    comparison.compared += 1;
    if (fax.final === undefined) comparison.open += 1;
    else if (fax.finalMs !== undefined && run.time.nowMs() - fax.finalMs < SCHEDULE_MS)
      comparison.leftToSchedule += 1;
    else await missing(fax.final);
  };
  const missing = async (fax: MissingFax): Promise<void> => {
    comparison.missing += 1;
    if (comparison.faxes.length < NAMED_MAX) comparison.faxes.push(fax);
    await run.tell({ type: "missing", fax });
    if (run.dryRun) return;
    try {
      await told(run, fax);
    } catch (error) {
      failed.push(error);
    }
  };
  await fromList(sinceMs, run, take);
  await oneByOne(sinceMs, run, take, comparison);
  if (failed.length > 0) {
    throw new CatchUpError(
      "on_missing_failed",
      `onMissing failed for ${failed.length} of ${comparison.missing} faxes; they are missing again in the next run. The cause is the first failure.`,
      { cause: failed[0] },
    );
  }
}

async function told({ settings }: Run, fax: MissingFax): Promise<void> {
  await withinLimit(
    Promise.resolve(settings.onMissing?.(fax)),
    ON_MISSING_LIMIT_MS,
    (ms) => new Error(`onMissing did not settle within ${ms} ms.`),
  );
}

/**
 * Looks for faxes in mintfax's list of the time in which they were created, up to as many pages as asking for each of them would
 * take requests: how long the list is, nothing says before.
 */
async function fromList(
  sinceMs: Map<string, number | undefined>,
  run: Run,
  take: (fax: FaxThere) => Promise<void>,
): Promise<void> {
  let earliestMs = Number.POSITIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const ms of sinceMs.values()) {
    if (ms === undefined) continue;
    earliestMs = Math.min(earliestMs, ms);
    latestMs = Math.max(latestMs, ms);
  }
  if (earliestMs === Number.POSITIVE_INFINITY || sinceMs.size < 2) return;
  const query = {
    created_after: new Date(earliestMs - CREATED_SLACK_MS).toISOString(),
    created_before: new Date(latestMs + CREATED_SLACK_MS).toISOString(),
  };
  let pages = 0;
  for await (const entries of pagesOf({ list: "faxes", path: "/faxes", query }, attemptSetting(run))) {
    pages += 1;
    for (const entry of entries) {
      const fax = faxFrom(entry);
      if (fax === undefined) notUnderstood(run);
      else if (sinceMs.has(fax.id)) await take(fax);
    }
    if (pages >= sinceMs.size) return;
  }
}

async function oneByOne(
  sinceMs: Map<string, number | undefined>,
  run: Run,
  take: (fax: FaxThere) => Promise<void>,
  comparison: Comparison,
): Promise<void> {
  for (const id of [...sinceMs.keys()]) {
    const answer = await found(id, run);
    if (answer === undefined) {
      comparison.compared += 1;
      comparison.unknown += 1;
      continue;
    }
    // mintfax's answers may have their resource in `data`, as its lists do.
    const fax = faxFrom(answer) ?? faxFrom((answer as { data?: unknown }).data);
    if (fax?.id !== id) notUnderstood(run);
    else await take(fax);
  }
}

/** @returns undefined where mintfax does not know the fax */
async function found(id: string, { calls }: Run): Promise<unknown> {
  try {
    return await calls.get(`/faxes/${id}`);
  } catch (error) {
    if (error instanceof CatchUpError && (error.status === 404 || error.status === 410)) return undefined;
    throw error;
  }
}

function notUnderstood({ figures, notes }: Run): void {
  figures.notUnderstood += 1;
  notes.add(
    "fax_not_understood",
    "mintfax answered with a fax that has no id or no status; it was left out.",
  );
}
