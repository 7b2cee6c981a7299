import { ConfigurationError } from "@mintfax-webhooks/core/store";

/** What is needed of a `Queue` of `bullmq` 5.66 or later. */
export interface BullmqQueueClient {
  readonly name: string;
  /** Stores a job; one whose id is known changes nothing. */
  add(name: string, data: object, options: object): Promise<unknown>;
  /** The job of this id, if it is kept. */
  getJob(id: string): Promise<BullmqStoredJob | undefined>;
  /** `"unknown"` where no job of this id is kept. */
  getJobState(id: string): Promise<string>;
  /** Failed jobs, by the order in which they failed. */
  getJobs(
    types: "failed",
    start: number,
    end: number,
    asc: boolean,
  ): Promise<(BullmqStoredJob | undefined)[]>;
}

/** What is needed of a `Job` that a `Queue` returns. */
export interface BullmqStoredJob {
  readonly id?: string | undefined;
  readonly data: unknown;
  readonly attemptsMade: number;
  readonly failedReason?: string | undefined;
  readonly finishedOn?: number | undefined;
  /** As of {@link BullmqQueueClient.getJobState}. */
  getState(): Promise<string>;
  /** Replaces what is worked on. */
  updateData(data: object): Promise<void>;
  /** Has a finished job worked on again; rejects where it is in another state. */
  retry(state: "failed" | "completed", options: object): Promise<void>;
  /** Deletes it; rejects while a worker has it. */
  remove(): Promise<void>;
}

/** What is needed of a `Job` that a `Worker` hands to its processor. */
export interface BullmqJob {
  readonly data: unknown;
  /** How many attempts have ended. */
  readonly attemptsMade: number;
  /** How many attempts were started, this one included; a killed worker's too. */
  readonly attemptsStarted: number;
  readonly opts: { readonly attempts?: number | undefined; backoff?: unknown };
  readonly queueName: string;
}

const METHODS = ["add", "getJob", "getJobState", "getJobs"] as const;

/** @throws {ConfigurationError} where it is not a `Queue`, or was closed */
export function checkQueueClient(queue: BullmqQueueClient, of: string): void {
  const foreign = (typeof queue === "object" && queue !== null ? queue : {}) as Readonly<
    Record<string, unknown>
  >;
  if (!METHODS.every((name) => typeof foreign[name] === "function") || "process" in foreign) {
    throw new ConfigurationError(
      "option_invalid",
      `${of}: the queue is ${received(queue, foreign)}; expected a Queue of bullmq 5.66 or later, as of: new Queue("mintfax", { connection }).`,
    );
  }
  if (foreign.closing !== undefined) {
    throw new ConfigurationError(
      "option_invalid",
      `${of}: the queue was closed; expected one that is open. Close it at the end of the process.`,
    );
  }
}

function received(queue: unknown, foreign: Readonly<Record<string, unknown>>): string {
  if (typeof queue !== "object" || queue === null) return queue === null ? "null" : `of type ${typeof queue}`;
  if (typeof foreign.enqueue === "function") return "already what bullmqQueue() returns";
  if ("process" in foreign && "add" in foreign) return "a Queue of bull, the predecessor of bullmq";
  if ("concurrency" in foreign && "run" in foreign) return "a Worker";
  if ("addBulk" in foreign) return "a FlowProducer";
  if ("evalsha" in foreign || "evalSha" in foreign) return "a client of Redis";
  return "another object";
}
