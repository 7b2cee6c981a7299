import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Queue, QueuedMessage, Worker } from "@mintfax-webhooks/queue";

export type EngineName = "bullmq" | "pg-boss" | "graphile-worker";

/** How many jobs each worker has at a time, ours and the engine's own. */
export const CONCURRENCY = 10;

/** An engine on a server of its own kind, as its docs use it, and as ours is documented. */
export interface BenchEngine {
  readonly queue: Queue;
  /** On the same server. */
  readonly store: LeaseStore;
  /** The engine's own way to add a job. */
  add(id: string, message: QueuedMessage): Promise<unknown>;
  /** The engine's own worker, with a handler that does nothing but this. It is handed the message. */
  workBare(handle: (message: QueuedMessage) => unknown): Promise<Stop>;
  work(worker: Worker): Promise<Stop>;
  /** Removes all jobs. */
  clear(): Promise<unknown>;
}

export type Stop = () => Promise<unknown>;
