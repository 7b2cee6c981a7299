import type { Call } from "../simulation/call.ts";
import type { ReceiverProcess } from "./receiver-process.ts";

/** What was sent: one event, over all of its attempts. */
export interface SentEvent {
  readonly id: string;
  readonly body: Uint8Array;
  readonly deliveries: Delivery[];
  acknowledged: boolean;
  /** Grows when the store was told to forget the event, or lost it, or retained it for long enough. */
  generation: number;
}

/** One run of a handler. */
export interface Run {
  readonly delivery: Delivery;
  readonly fence: number;
  readonly startMs: number;
  readonly generation: number;
  effectMs?: number;
  endMs?: number;
  ended?: "ok" | "failed";
}

/** One attempt, from the sender's hand to the answer. */
export interface Delivery {
  readonly number: number;
  readonly event: SentEvent;
  readonly process: ReceiverProcess;
  readonly sentMs: number;
  arrivedMs?: number;
  readonly calls: Call[];
  readonly runs: Run[];
  answer?: { readonly status: number; readonly body: string; readonly atMs: number };
}
