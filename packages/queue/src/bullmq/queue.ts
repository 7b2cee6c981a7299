import { checkOptions, within } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError, QueueUnavailableError } from "../errors.ts";
import type { QueuedMessage } from "../message/message.ts";
import type { EnqueueContext, Enqueued, Queue } from "../queue.ts";
import { type BullmqQueueClient, checkQueueClient } from "./client.ts";
import { checkDurability } from "./durability.ts";
import { queueErrorFrom } from "./errors.ts";
import { attemptsFor, FIRST_DELAY_MS } from "./retries.ts";

const DAY_MS = 86_400_000;
const FINISHED = { completed: "completed", failed: "failed" } as const;
const FROM_THE_FIRST_ATTEMPT = { resetAttemptsMade: true, resetAttemptsStarted: true };

/** Of the user's `defaultJobOptions`: what would drop, refuse, or hold back an event. */
const WITHOUT_DEFAULTS = {
  deduplication: undefined,
  parent: undefined,
  sizeLimit: undefined,
  repeat: undefined,
  delay: 0,
};

/** Options of {@link bullmqQueue}. */
export interface BullmqQueueOptions {
  /**
   * How long a message is tried again before it is parked, in milliseconds, up to 30 days. Default 259,200,000 (3 days, a
   * weekend). The delays are about 10, 20, 40 s and so on, up to an hour.
   */
  readonly retryForMs?: number;
}

/**
 * Stores events as jobs of a BullMQ `Queue`, for `handOff`. A finished job is kept for a day, a parked one (BullMQ's failed
 * set) until a person retries or drops it.
 *
 * Redis has to keep what it acknowledges: `appendonly yes`, and `maxmemory-policy noeviction`. The first event looks: with an
 * `allkeys-` policy, deliveries are answered with 500; without an append-only file, a line on standard error says so.
 *
 * @param queue yours, of `bullmq` 5.66 or later; it is neither connected nor closed here
 * @throws {ConfigurationError} where it is not an open `Queue`, or an option cannot work
 *
 * @example
 * ```ts
 * const queue = new Queue("mintfax", { connection: { url: process.env.REDIS_URL } }); // from "bullmq"
 * app.use(mintfaxWebhooks({ store }).on("*", handOff(bullmqQueue(queue), { seal })));
 * ```
 */
export function bullmqQueue(queue: BullmqQueueClient, options: BullmqQueueOptions = {}): Queue {
  checkQueueClient(queue, "bullmqQueue()");
  checkOptions(options, ["retryForMs"], "bullmqQueue()");
  const { retryForMs = 3 * DAY_MS } = options;
  return new BullmqQueue(queue, attemptsFor(within("retryForMs", retryForMs, 0, 30 * DAY_MS)));
}

class BullmqQueue implements Queue {
  readonly engine = "bullmq";
  readonly #queue: BullmqQueueClient;
  readonly #attempts: number;
  #durable: Promise<void> | undefined;

  constructor(queue: BullmqQueueClient, attempts: number) {
    this.#queue = queue;
    this.#attempts = attempts;
  }

  get name(): string {
    return this.#queue.name;
  }

  async enqueue(message: QueuedMessage, { signal }: EnqueueContext): Promise<Enqueued> {
    try {
      await this.#checkDurability();
      signal.throwIfAborted();
      return await this.#add(jobIdOf(message), message);
    } catch (error) {
      throw queueErrorFrom(error);
    }
  }

  /** Once, but again for as long as it fails. */
  #checkDurability(): Promise<void> {
    this.#durable ??= checkDurability(this.#queue).catch((error) => {
      this.#durable = undefined;
      throw error;
    });
    return this.#durable;
  }

  async #add(jobId: string, message: QueuedMessage): Promise<Enqueued> {
    // `add` does not say whether the id was known. Both are sent at once, in this order, so that it takes one round trip. Not
    // `getJobState`: for a new id it goes through the whole list of waiting jobs.
    const [before, added] = await Promise.all([
      this.#queue.getJob(jobId),
      this.#queue.add(message.type, message, this.#optionsOf(jobId)),
    ]);
    if ((added as { readonly id?: unknown } | undefined)?.id !== jobId) throw notAdded();
    if (before === undefined) return "queued";
    return before.finishedOn === undefined ? "known" : this.#workAgain(jobId, message);
  }

  /** BullMQ adds no job while it keeps a finished or parked one of the same id. */
  async #workAgain(jobId: string, message: QueuedMessage): Promise<Enqueued> {
    const job = await this.#queue.getJob(jobId);
    const state = await job?.getState();
    if (job === undefined || state === undefined || state === "unknown") {
      throw new QueueUnavailableError("The finished job of this event was removed at the same moment.");
    }
    if (!isFinished(state)) return "known";
    // The one that is there may be sealed with a key that was destroyed since.
    await job.updateData(message);
    try {
      await job.retry(FINISHED[state], FROM_THE_FIRST_ATTEMPT);
      return "queued";
    } catch (error) {
      if (isFinished(await this.#queue.getJobState(jobId))) throw error;
      return "known";
    }
  }

  #optionsOf(jobId: string): object {
    return {
      jobId,
      attempts: this.#attempts,
      // Of a Worker that has another processor; ours decides for each attempt.
      backoff: { type: "exponential", delay: FIRST_DELAY_MS },
      removeOnComplete: { age: DAY_MS / 1_000 },
      removeOnFail: false,
      stackTraceLimit: 1,
      ...WITHOUT_DEFAULTS,
    };
  }
}

/** As a person would search for it. BullMQ refuses `:` and ids that are numbers; neither part can hold a bare `@`. */
function jobIdOf({ id, namespace }: QueuedMessage): string {
  return `${encodeURIComponent(id)}@${encodeURIComponent(namespace)}`;
}

/** BullMQ answers with the job that was there, where an option of the queue has it drop one. */
function notAdded(): QueueMisconfiguredError {
  return new QueueMisconfiguredError(
    "BullMQ has not added the job of an event, and has answered with another one. Take options that drop jobs, such as debounce, out of the queue's defaultJobOptions.",
  );
}

function isFinished(state: string): state is keyof typeof FINISHED {
  return state in FINISHED;
}
