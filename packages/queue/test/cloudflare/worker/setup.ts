import type { WorkerSetup } from "conformance/hand-off";

/** What the test has a consumer be like. */
export interface ConsumerSetup {
  readonly worker: WorkerSetup;
  readonly retryForMs?: number;
  readonly largeBodies?: "R2" | "KV";
  readonly fault?: "no table" | "options throw" | "queue throws" | "ended" | "ended after the work";
}

/** What the test says at the start of a batch. */
export interface Begin extends ConsumerSetup {
  /** Of the queue. */
  readonly index: number;
  readonly deadLetterQueue?: string;
  /** How far the test's clock is ahead. */
  readonly elapsedMs: number;
  /** By event id: what was sent up to this time is deleted. */
  readonly removed: Readonly<Record<string, number>>;
}
