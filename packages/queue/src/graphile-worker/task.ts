import { setTimeout } from "node:timers/promises";
import { withinLimit } from "@mintfax-webhooks/core/store";
import { print } from "@mintfax-webhooks/core/worker";
import { MessageFailedError } from "../errors.ts";
import type { PostgresLike } from "../postgres/query.ts";
import { queryOn } from "../postgres/query.ts";
import { reasonOf, type WorkerRecord } from "../record.ts";
import type { Worker } from "../worker.ts";
import { ENGINE, type GraphileWorkerPlace, invalid, type Place, placeFrom, runAt } from "./place.ts";

/** What a task of graphile-worker gets beside the payload, as far as it is used here. */
export interface GraphileWorkerHelpers {
  /** The job as it is in the table. */
  readonly job: {
    /** Its number, as text. */
    readonly id: string;
    /** The task's name in `taskList`. */
    readonly task_identifier: string;
    /** How often it was tried, this time included. */
    readonly attempts: number;
    /** How often it may be tried. */
    readonly max_attempts: number;
    /** The name of the worker or the pool of workers that has it. */
    readonly locked_by: string | null;
  };
  /** Aborted when graphile-worker shuts down. */
  readonly abortSignal?: AbortSignal;
  /** Lends a connection of graphile-worker's pool. */
  withPgClient(use: (client: PostgresLike) => Promise<unknown>): Promise<unknown>;
}

/** A function for `taskList` of graphile-worker. */
export type GraphileWorkerTask = (payload: unknown, helpers: GraphileWorkerHelpers) => Promise<void>;

/** Options of {@link graphileWorkerTask}. */
export type GraphileWorkerTaskOptions = GraphileWorkerPlace;

/** A third of what {@link graphileWorkerUnlock} waits for, and some. */
const BEAT_MS = 20_000;

/**
 * The task that works on messages. It renews the lock of its job every 20 s, so that {@link graphileWorkerUnlock} knows the
 * jobs of processes that have ended.
 *
 * @param options as given to `graphileWorkerQueue`
 * @throws {ConfigurationError} for a worker that createWorker() has not made, or an option that cannot work
 *
 * @example
 * ```ts
 * pool.on("error", console.error).on("connect", (client) => client.on("error", () => {}));
 * const runner = await run({ pgPool: pool, taskList: { mintfax: graphileWorkerTask(worker) } });
 * setInterval(() => graphileWorkerUnlock(pool).catch(console.error), 30_000).unref();
 * ```
 */
export function graphileWorkerTask(
  worker: Pick<Worker, "process">,
  options: GraphileWorkerTaskOptions = {},
): GraphileWorkerTask {
  if (typeof worker?.process !== "function") {
    throw invalid(
      "graphileWorkerTask()",
      "the worker is of another kind; expected what createWorker() returns",
    );
  }
  const place = placeFrom(options, [], "graphileWorkerTask()");
  return async (message, helpers) => {
    const { job, abortSignal } = helpers;
    const beat = setInterval(() => void update(place, helpers, RENEW), BEAT_MS);
    try {
      const record = await worker.process({
        message,
        attempt: job.attempts,
        isLastAttempt: job.attempts >= job.max_attempts,
        signal: abortSignal,
        engine: ENGINE,
        queue: job.task_identifier,
      });
      if (mayBeDown(record)) await reachable(helpers);
      if (record.action === "finish") return;
      if (record.action === "park") await update(place, helpers, PARK);
      throw new MessageFailedError(reasonOf(record));
    } finally {
      clearInterval(beat);
    }
  };
}

/** Whether PostgreSQL may have become unreachable: all but a quick success, right before which it gave the job away. */
function mayBeDown({ action, code, durationMs }: WorkerRecord): boolean {
  return action !== "finish" || code !== undefined || durationMs >= LONG_MS;
}

const LONG_MS = 1_000;
/** Longer than a restart or a failover of PostgreSQL takes, as a rule. */
const REACHABLE_TRIES = 60;
const REACHABLE_WAIT_MS = 500;
const ANSWER_LIMIT_MS = 5_000;

/**
 * Waits while PostgreSQL restarts. graphile-worker 0.18 does not handle the rejection of its next statement, for this job, and
 * that ends the process. Never rejects.
 */
async function reachable(helpers: GraphileWorkerHelpers): Promise<void> {
  for (let tries = 0; tries < REACHABLE_TRIES; tries += 1) {
    try {
      await withinLimit(
        helpers.withPgClient((client) => queryOn(client)("SELECT 1 AS here", [])),
        ANSWER_LIMIT_MS,
        () => new Error("no answer"),
      );
      return;
    } catch {
      await setTimeout(REACHABLE_WAIT_MS);
    }
  }
}

const RENEW = "locked_at = now()";
/** graphile-worker itself takes a job for failed for good once no attempt is left. `attempts` stays what it was. */
const PARK = "max_attempts = attempts, updated_at = now()";

/** Never rejects. Without its update a message is only tried again, or unlocked, once more than it needs. */
async function update(place: Place, helpers: GraphileWorkerHelpers, change: string): Promise<void> {
  const { job } = helpers;
  const text = `UPDATE ${place.schema}._private_jobs SET ${change} WHERE id = $1::text::bigint AND locked_by = $2::text`;
  try {
    await helpers.withPgClient((client) =>
      runAt(place, queryOn(client), text, [job.id, String(job.locked_by)]),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : "the pool of graphile-worker rejected";
    print(`${ENGINE}: the job ${job.id} could not be updated. ${reason}`);
  }
}
