import type { Command, Reply } from "../machine/command.ts";
import type { SimulatedProcess } from "./process.ts";

/** What was sent: one event, over all of its attempts. */
export interface SentEvent {
  readonly id: string;
  readonly body: Uint8Array;
  readonly deliveries: Delivery[];
  acknowledged: boolean;
  /** Grows when the store was told to forget the event, or lost it, or retained it for long enough. */
  generation: number;
}

/** One call to the store, as the world saw it; the receiver may know less. */
export interface Call {
  readonly command: Command;
  readonly sentMs: number;
  /** What went wrong with it. */
  fault: string | undefined;
  effectMs?: number;
  reply?: Reply;
  /** Of its event, when it took effect. */
  generation?: number;
  /** When the receiver got its answer, or an error. */
  answeredMs?: number;
  failedMs?: number;
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
  readonly process: SimulatedProcess;
  readonly sentMs: number;
  arrivedMs?: number;
  readonly calls: Call[];
  readonly runs: Run[];
  answer?: { readonly status: number; readonly body: string; readonly atMs: number };
}
