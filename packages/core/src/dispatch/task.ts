import type { Facts } from "../outcome/facts.ts";
import type { Telemetry } from "../outcome/telemetry.ts";
import type { Settings } from "../settings.ts";

/** One delivery over HTTP, or one message of a queue: what it takes to deduplicate it and to call its handler. */
export interface Task<Tx> {
  readonly settings: Pick<
    Settings<never, Tx>,
    "store" | "namespace" | "deadlineMs" | "leaseMs" | "onLateOutcome"
  > & { readonly telemetry: Pick<Telemetry, "onLateOutcome"> | undefined };
  readonly facts: Facts;
  /** How much time is left until the deadline. */
  readonly leftMs: number;
  /** Whether the platform ends a process after the answer, unless {@link Task.keepAlive} is called. */
  readonly isKeptAlive: boolean;
  /** Asks the platform to stay alive until the work has settled. */
  keepAlive(work: Promise<unknown>): void;
}
