import type { Call } from "../simulation/call.ts";
import type { SimulatedProcess } from "../simulation/process.ts";
import type { Job } from "./job.ts";

/** The two places at which an event is claimed. */
export type Stage = "intake" | "work";

/** What was sent: one event, over all of its attempts. */
export interface SentEvent {
  readonly id: string;
  /** One that no worker has a handler for stays parked. */
  readonly type: "fax.delivered" | "fax.failed";
  readonly body: Uint8Array;
  acknowledged: boolean;
  /** When an operator last had both stages forget it; deliveries sent before do not acknowledge what came of that. */
  replayedMs: number;
  /** How often each stage has been told to forget it. */
  readonly generations: Record<Stage, number>;
  /** A run of this generation, or a later one, is owed. */
  owedGeneration: number;
}

/** What a claim is made for: a delivery, or an attempt at a job. */
export interface Task {
  readonly name: string;
  readonly stage: Stage;
  readonly event: SentEvent;
  readonly process: SimulatedProcess;
  readonly calls: Call[];
}

export interface Delivery extends Task {
  readonly stage: "intake";
  readonly sentMs: number;
}

export interface Attempt extends Task {
  readonly stage: "work";
  readonly job: Job;
}

/** One run of a handler. */
export interface Run {
  readonly task: Task;
  readonly fence: number;
  readonly startMs: number;
  readonly generation: number;
  /** In the intake, when the engine stored the message; with a transactional store, when that was committed. */
  effectMs?: number;
  endMs?: number;
  ended?: "ok" | "failed";
}
