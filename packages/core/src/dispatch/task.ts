import { Facts } from "../outcome/facts.ts";
import type { Telemetry } from "../outcome/telemetry.ts";
import type { Settings } from "../settings.ts";

/** The settings that a task is deduplicated and handled by. */
export type TaskSettings<Tx> = Pick<
  Settings<never, Tx>,
  "store" | "namespace" | "deadlineMs" | "leaseMs" | "onLateOutcome"
> & { readonly telemetry: Pick<Telemetry, "onLateOutcome"> | undefined };

/** One delivery over HTTP, or one message of a queue: what it takes to deduplicate it, and what is known about it. */
export abstract class Task<Tx> extends Facts {
  abstract readonly settings: TaskSettings<Tx>;
  /** Whether the platform ends a process after the answer, unless {@link Task.keepAlive} is called. */
  abstract readonly isKeptAlive: boolean;

  /** Asks the platform to stay alive until the work has settled. */
  abstract keepAlive(work: Promise<unknown>): void;

  /** How much time is left until the deadline. It counts from the arrival, since mintfax's own 30 s run from there. */
  leftMs(nowMs: number = performance.now()): number {
    return this.arrivedMs + this.settings.deadlineMs - nowMs;
  }
}
