import { memberOf } from "../foreign.ts";
import type { IncomingDelivery } from "../incoming.ts";
import type { Facts } from "../outcome/facts.ts";
import type { Settings } from "../settings.ts";
import { keepAlive } from "./keep-alive.ts";

/** A delivery under way: what arrived, the settings that apply to it, and what has come to light about it. */
export class Delivery<Platform, Tx> {
  readonly incoming: IncomingDelivery<Platform>;
  readonly settings: Settings<Platform, Tx>;
  readonly facts: Facts;

  constructor(incoming: IncomingDelivery<Platform>, settings: Settings<Platform, Tx>, facts: Facts) {
    this.incoming = incoming;
    this.settings = withinPlatform(settings, memberOf(incoming, "deadlineMs"));
    this.facts = facts;
  }

  /** Until the deadline. It counts from the delivery's arrival, since mintfax's own 30 s run from there. */
  get leftMs(): number {
    return this.facts.arrivedMs + this.settings.deadlineMs - performance.now();
  }

  /** Whether the platform ends a process after the answer, unless `waitUntil` is told to wait. */
  get isKeptAlive(): boolean {
    return memberOf(this.incoming, "waitUntil") !== undefined;
  }

  /** Asks the platform to stay alive until the work has settled. */
  keepAlive(work: Promise<unknown>): void {
    keepAlive(this.incoming, work);
  }
}

/** With the deadline of a platform that ends a process earlier than the settings expect. */
function withinPlatform<Platform, Tx>(
  settings: Settings<Platform, Tx>,
  deadlineMs: unknown,
): Settings<Platform, Tx> {
  if (typeof deadlineMs !== "number" || !(deadlineMs < settings.deadlineMs)) return settings;
  return { ...settings, deadlineMs: Math.max(0, Math.floor(deadlineMs)) };
}
