import type { QueuedMessage } from "@mintfax-webhooks/queue";

/** A message, as the engine holds it. */
export interface Job {
  readonly number: number;
  readonly message: QueuedMessage;
  state: "waiting" | "active" | "finished" | "parked";
  /** How often it has been handed out since it was stored, or since an operator had it tried again. */
  attempt: number;
  /** Grows whenever it is handed out. */
  turn: number;
  lockedUntilMs: number;
  dueMs: number;
}
