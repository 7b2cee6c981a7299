import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions } from "@mintfax-webhooks/core/store";
import { Calls } from "./api/calls.ts";
import { type Connection, connectionFrom } from "./api/connection.ts";
import { type Comparison, compare } from "./compare/compare.ts";
import { CatchUpError } from "./errors.ts";
import { makeReport } from "./make-report.ts";
import { Memory } from "./memory.ts";
import { Notes } from "./notes.ts";
import { type CatchUpOptions, type Settings, settingsFrom } from "./options.ts";
import { Relay } from "./relay.ts";
import type { CatchUpReport } from "./report.ts";
import { plan } from "./resend/plan.ts";
import { Resending } from "./resend/resend.ts";
import type { Run } from "./resend/run.ts";
import type { CatchUpStep, Tell } from "./steps.ts";

const DAY_MS = 24 * 60 * 60_000;
/** A weekend. Where all is well, a longer time takes no more requests. */
const SINCE_DEFAULT_MS = 3 * DAY_MS;
const SINCE_MAX_MS = 10 * 365 * DAY_MS;

/** Options of one run. */
export interface CatchUpRunOptions {
  /**
   * From when on failed attempts are looked at: a time, or milliseconds before now. Default 259,200,000 (3 days). Choose it longer than
   * your longest outage: runs overlap, and where nothing failed a longer time takes no more requests.
   */
  readonly since?: Date | number;
  /** Look only: nothing is resent, and `onMissing` is not called. Default false. */
  readonly dryRun?: boolean;
  /** Resend also what waits for its next try, as for a person who has just repaired the receiver. Default false. */
  readonly ignoreWaits?: boolean;
  /** Ends the run; its promise rejects with the signal's reason. What mintfax was asked for by then stays asked for. */
  readonly signal?: AbortSignal;
}

/** Has mintfax send again what did not get through. */
export interface CatchUp {
  /**
   * Runs once. Await it before the next run.
   *
   * @throws {CatchUpError} where the run cannot go on; its `report` has what was found and done by then
   * @throws {ConfigurationError} for an option that cannot work
   */
  run(options?: CatchUpRunOptions): Promise<CatchUpReport>;
  /**
   * Runs once and gives each step; the run goes on when the next step is asked for. To leave the loop early ends the run.
   *
   * @throws what {@link CatchUp.run} throws
   */
  steps(options?: CatchUpRunOptions): AsyncGenerator<CatchUpStep, void, undefined>;
}

/**
 * Finds the events that mintfax's four attempts did not get through to an endpoint, and has mintfax send them again, as "Retry
 * now" of its dashboard does. What was missed arrives at the receiver as any delivery does: signed by mintfax, verified and
 * deduplicated. With `outstanding` it also finds faxes whose last event never came.
 *
 * @throws {CatchUpError} for a key that cannot work
 * @throws {ConfigurationError} for another option that cannot work
 *
 * @example
 * ```ts
 * const catchUp = createCatchUp({ endpoint: "webhook_8aZqRm4yT3vK7pNxJ2bH9c" });
 * const report = await catchUp.run();
 * if (report.events.repaired > 0 || report.owed > 0) console.warn(report);
 * ```
 */
export function createCatchUp(options: CatchUpOptions): CatchUp {
  const shared: Shared = {
    settings: settingsFrom(options),
    connection: connectionFrom(options),
    memory: new Memory(),
  };
  let isRunning = false;
  const runOnce = async (runOptions: CatchUpRunOptions, tell: Tell): Promise<CatchUpReport> => {
    if (isRunning) {
      throw new CatchUpError(
        "catch_up_running",
        "A run of this catch-up is under way. Await its end before the next run.",
      );
    }
    isRunning = true;
    try {
      return await performRun(shared, runOptions, tell);
    } finally {
      isRunning = false;
    }
  };
  return {
    run: (runOptions = {}) => runOnce(runOptions, async () => {}),
    steps: (runOptions = {}) => stepsOf(runOptions, runOnce),
  };
}

/** What all runs of a catch-up share. */
interface Shared {
  readonly settings: Settings;
  readonly connection: Connection;
  readonly memory: Memory;
}

async function performRun(shared: Shared, options: CatchUpRunOptions, tell: Tell): Promise<CatchUpReport> {
  const { dryRun = false, ignoreWaits = false, signal = new AbortController().signal } = options;
  checkOptions(options, ["since", "dryRun", "ignoreWaits", "signal"], "run()");
  signal.throwIfAborted();
  const { settings, connection, memory } = shared;
  const { maxPages, time } = connection;
  const startedMs = time.nowMs();
  const notes = new Notes();
  const run: Run = {
    settings,
    maxPages,
    memory,
    time,
    notes,
    tell,
    dryRun,
    ignoreWaits,
    calls: new Calls({ connection, notes, tell, signal }),
    sinceMs: sinceFrom(options.since, startedMs),
    startedMs,
    failures: new Map(),
    figures: { attemptsRead: 0, resent: 0, notUnderstood: 0, complete: true, endpointFailing: false },
  };
  const comparison: Comparison = {
    compared: 0,
    missing: 0,
    leftToSchedule: 0,
    open: 0,
    unknown: 0,
    faxes: [],
  };
  try {
    const due = await plan(run);
    if (!dryRun) await new Resending(due, run).all();
    // After that, so that what has just got through is not missing.
    await compare(run, comparison);
  } catch (error) {
    run.figures.complete = false;
    if (error instanceof CatchUpError) error.report = makeReport(run, comparison);
    throw error;
  }
  const report = makeReport(run, comparison);
  await tell({ type: "finished", report });
  return report;
}

async function* stepsOf(
  options: CatchUpRunOptions,
  runOnce: (options: CatchUpRunOptions, tell: Tell) => Promise<CatchUpReport>,
): AsyncGenerator<CatchUpStep, void, undefined> {
  const relay = new Relay<CatchUpStep>();
  const left = new AbortController();
  const onAbort = (): void => left.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener("abort", onAbort);
  const done = runOnce({ ...options, signal: left.signal }, relay.give).finally(() => relay.end());
  // A rejection is thrown below, unless the loop was left.
  done.catch(() => {});
  try {
    yield* relay.values();
    await done;
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    left.abort(new Error("The loop over the steps was left."));
    relay.end();
    await done.catch(() => {});
  }
}

function sinceFrom(since: Date | number = SINCE_DEFAULT_MS, nowMs: number): number {
  const ms = since instanceof Date ? since.getTime() : nowMs - since;
  if (ms < nowMs && nowMs - ms <= SINCE_MAX_MS) return ms;
  throw new ConfigurationError(
    "option_out_of_bounds",
    "since is not in the past, or more than ten years ago. Expected a Date in the past, or how many milliseconds ago: " +
      "7_200_000 for two hours.",
  );
}
