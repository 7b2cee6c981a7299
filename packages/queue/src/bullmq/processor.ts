import { ConfigurationError } from "@mintfax-webhooks/core/store";
import { print } from "@mintfax-webhooks/core/worker";
import { MessageFailedError } from "../errors.ts";
import { reasonOf } from "../record.ts";
import type { Worker } from "../worker.ts";
import type { BullmqJob } from "./client.ts";
import { retryDelayMs } from "./retries.ts";

/** Options for BullMQ's own `Worker`, without which a message can be parked although it never failed. */
export interface BullmqWorkerOptions {
  readonly maxStalledCount: number;
  readonly lockDuration: number;
}

const OPTIONS: BullmqWorkerOptions = {
  // The default of 1 parks a job whose worker was killed twice.
  maxStalledCount: Number.MAX_SAFE_INTEGER,
  // As long as a claim: with a shorter one, a job of a killed worker would be tried while its claim still holds.
  lockDuration: 60_000,
};

/**
 * What BullMQ's own `Worker` needs so that no message is given up on because workers were killed.
 *
 * @example
 * ```ts
 * new Worker("mintfax", bullmqProcessor(worker), { ...bullmqWorkerOptions(), connection, concurrency: 10 });
 * ```
 */
export function bullmqWorkerOptions(): BullmqWorkerOptions {
  return { ...OPTIONS };
}

/** What a `Worker` of BullMQ calls for each job. */
export type BullmqProcessor = (job: BullmqJob, token?: string, signal?: AbortSignal) => Promise<void>;

/**
 * The processor of BullMQ's own `Worker`: hands its jobs to a worker of ours, and has BullMQ try them again or park them.
 *
 * @param worker what `createWorker()` returns
 * @throws {ConfigurationError} where it is another worker
 *
 * @example
 * ```ts
 * import { Worker } from "bullmq";
 * const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), { ...bullmqWorkerOptions(), connection });
 * bullmqWorker.on("error", ({ message }) => console.error(message));
 * // At the end: await bullmqWorker.close(); await worker.drain();
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: a worker with any kind of store
export function bullmqProcessor(worker: Worker<any>): BullmqProcessor {
  if (typeof worker?.process !== "function") {
    throw new ConfigurationError(
      "option_invalid",
      "bullmqProcessor(): the worker is not one of this package; expected what createWorker() returns. BullMQ's own Worker takes what bullmqProcessor() returns.",
    );
  }
  let optionsChecked = false;
  // BullMQ passes the signal to a function that names three parameters.
  return async (job, _token, signal) => {
    if (!optionsChecked) checkWorkerOptions(job);
    optionsChecked = true;
    const { attempts = 1 } = job.opts;
    const cutOff = job.attemptsStarted - job.attemptsMade - 1;
    const record = await worker.process({
      engine: "bullmq",
      queue: job.queueName,
      message: job.data,
      attempt: job.attemptsStarted,
      isLastAttempt: job.attemptsMade + 1 >= attempts,
      // BullMQ does not count these, and would try it for ever.
      abandoned: cutOff >= Math.max(attempts, CUT_OFF_MIN) ? abandonedAfter(cutOff) : undefined,
      signal,
    });
    if (record.action === "finish") return;
    const error = new MessageFailedError(reasonOf(record));
    if (record.action === "park") {
      // BullMQ knows by this name that it is not to try again.
      error.name = "UnrecoverableError";
    } else {
      // Of this attempt only. A strategy of the Worker's settings would be missing wherever they were not given.
      job.opts.backoff = { type: "fixed", delay: retryDelayMs(job.attemptsMade + 1) };
    }
    throw error;
  };
}

/** Deployments kill workers too, and a message is not to be given up on because of them. */
const CUT_OFF_MIN = 20;

function abandonedAfter(attempts: number): string {
  return `${attempts} of its attempts had no end: the worker was killed or paused while the handler ran. See the workers' logs.`;
}

/** Where it cannot be told, there is nothing to say. */
function checkWorkerOptions(job: BullmqJob): void {
  const { queue } = job as { readonly queue?: { readonly opts?: { readonly maxStalledCount?: unknown } } };
  const maxStalledCount = queue?.opts?.maxStalledCount;
  if (typeof maxStalledCount !== "number" || maxStalledCount >= OPTIONS.maxStalledCount) return;
  print(
    `BullMQ: the Worker has maxStalledCount ${maxStalledCount}, so an event is parked once its worker was killed or paused more often than that. To have it worked on again each time: new Worker(name, processor, { ...bullmqWorkerOptions(), connection }).`,
  );
}
