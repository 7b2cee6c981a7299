import type { WorkerSetup } from "conformance/hand-off";

/** What the test tells the consumer with every batch. */
export interface ConsumerSetup {
  /** Undefined: no worker has been started, and the batch waits. */
  readonly worker: WorkerSetup;
  readonly retryForMs?: number;
  /** How far the test is ahead of this Worker's clock. */
  readonly elapsedMs: number;
  readonly largeBodies?: "R2" | "KV" | "the other one";
  readonly deadLetterQueue?: string;
  /** What is wrong with the set-up. */
  readonly fault?: "no table" | "options throw" | "queue throws" | "queue is silent";
}
