import { limitFrom, type Parked, type ParkedMessage } from "../parked.ts";
import { type BullmqQueueClient, type BullmqStoredJob, checkQueueClient } from "./client.ts";
import { queueErrorFrom } from "./errors.ts";

/**
 * What is parked in a BullMQ `Queue`: its failed set.
 *
 * @param queue of the same name, prefix and Redis as that of {@link bullmqQueue}
 * @throws {ConfigurationError} where it is not an open `Queue`
 *
 * @example
 * ```ts
 * const parked = bullmqParked(new Queue("mintfax", { connection }));
 * for (const { key } of await parked.list()) await parked.retry(key);
 * ```
 */
export function bullmqParked(queue: BullmqQueueClient): Parked {
  checkQueueClient(queue, "bullmqParked()");
  return new BullmqParked(queue);
}

class BullmqParked implements Parked {
  readonly #queue: BullmqQueueClient;

  constructor(queue: BullmqQueueClient) {
    this.#queue = queue;
  }

  async list(limit?: number): Promise<ParkedMessage[]> {
    const count = limitFrom(limit);
    return safely(async () => {
      const jobs = await this.#queue.getJobs("failed", 0, count - 1, true);
      return jobs.filter((job) => job !== undefined).map(parkedFrom);
    });
  }

  get(key: string): Promise<ParkedMessage | undefined> {
    return safely(async () => {
      const job = await this.#failed(key);
      return job === undefined ? undefined : parkedFrom(job);
    });
  }

  retry(key: string): Promise<boolean> {
    return this.#change(key, (job) =>
      job.retry("failed", { resetAttemptsMade: true, resetAttemptsStarted: true }),
    );
  }

  drop(key: string): Promise<boolean> {
    return this.#change(key, (job) => job.remove());
  }

  #change(key: string, change: (job: BullmqStoredJob) => Promise<void>): Promise<boolean> {
    return safely(async () => {
      const job = await this.#failed(key);
      if (job === undefined) return false;
      try {
        await change(job);
      } catch (error) {
        // Another person was faster.
        if ((await this.#failed(key)) !== undefined) throw error;
        return false;
      }
      return true;
    });
  }

  async #failed(key: string): Promise<BullmqStoredJob | undefined> {
    const job = await this.#queue.getJob(key);
    return (await job?.getState()) === "failed" ? job : undefined;
  }
}

function parkedFrom({
  id = "",
  data,
  finishedOn,
  attemptsMade,
  failedReason,
}: BullmqStoredJob): ParkedMessage {
  return {
    key: id,
    message: data,
    parkedAt: finishedOn === undefined ? undefined : new Date(finishedOn),
    attempts: attemptsMade,
    reason: failedReason,
  };
}

/** Errors of Redis clients quote what was sent. */
async function safely<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw queueErrorFrom(error);
  }
}
