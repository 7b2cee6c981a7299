import { within } from "../bounds.ts";
import { checkOptions, functionFrom } from "../check-options.ts";
import type { TaskSettings } from "../dispatch/task.ts";
import { checkStore, checkTelemetry } from "../options.ts";
import { logProblems, logProblemsInFull } from "../outcome/log.ts";
import type { LateOutcomeHook } from "../outcome/record.ts";
import type { Telemetry } from "../outcome/telemetry.ts";
import type { LeaseStore, TransactionalStore } from "../store/contract.ts";

/** Options of a worker. */
export interface WorkerEngineOptions<Tx = never> {
  /** Remembers which events were processed. All processes of the worker share it. */
  readonly store: LeaseStore | TransactionalStore<Tx>;
  /**
   * When an unfinished handler is given up on, in milliseconds since the work began: `signal` aborts, and the queue tries
   * again later. Its claim is kept until it settles. Default 900,000 (15 minutes), at most 604,800,000 (7 days).
   */
  readonly deadlineMs?: number;
  /**
   * How long a claim outlives the process that made it, in milliseconds. Renewed while a handler works. Default 60,000;
   * 1,000 to 3,600,000.
   */
  readonly leaseMs?: number;
  /** Called for work that ends after its deadline. Default: a line on standard error for each that needs a person. */
  readonly onLateOutcome?: LateOutcomeHook;
  /** Told of the same, beside the hook. Default: none. */
  readonly telemetry?: Pick<Telemetry, "onLateOutcome">;
  /** Whether this is development: standard error is then told the messages of what handlers threw, and their stacks. */
  readonly development?: boolean;
}

export type WorkerSettings<Tx> = Omit<TaskSettings<Tx>, "namespace">;

const NAMES: Readonly<Record<keyof WorkerEngineOptions, null>> = {
  store: null,
  deadlineMs: null,
  leaseMs: null,
  onLateOutcome: null,
  telemetry: null,
  development: null,
};

/** @throws {ConfigurationError} for an option that cannot work */
export function workerSettingsFrom<Tx>(options: WorkerEngineOptions<Tx>): WorkerSettings<Tx> {
  checkOptions(options, Object.keys(NAMES), "a worker");
  const {
    store,
    deadlineMs = 15 * 60_000,
    leaseMs = 60_000,
    development = false,
    onLateOutcome = development ? logProblemsInFull : logProblems,
    telemetry,
  } = options;
  checkStore(store);
  if (telemetry !== undefined) checkTelemetry(telemetry, ["onLateOutcome"]);
  return {
    store: () => store,
    deadlineMs: within("deadlineMs", deadlineMs, 1, 7 * 24 * 3_600_000),
    leaseMs: within("leaseMs", leaseMs, 1_000, 3_600_000),
    onLateOutcome: functionFrom("onLateOutcome", onLateOutcome),
    telemetry,
  };
}
