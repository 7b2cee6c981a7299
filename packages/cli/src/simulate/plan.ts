import type { FaxEvent } from "@mintfax-webhooks/core";
import { type FaxLifeOptions, faxLife } from "@mintfax-webhooks/testing";
import type { Random } from "./random.ts";

/** How irregular deliveries are. Shares are from 0 to 1. */
export interface Unrest {
  /** Share of the events that are delivered twice. */
  readonly duplicates: number;
  /** Share of the events that the next one of the same fax overtakes. */
  readonly reorder: number;
}

/** An event, and when to deliver it, in seconds of mintfax's time since the fax was queued. */
export interface PlannedEvent {
  readonly event: FaxEvent;
  /** Two where the event is delivered twice. Each has its own retries. */
  readonly atSeconds: readonly number[];
}

/** How often faxes end in each way. Our choice, not mintfax's: a receiver meets each of them. */
const DELIVERED_AT_ONCE = 0.85;
const DELIVERED_LATER = 0.08;
const FAILURES: readonly [string, ...string[]] = [
  "busy",
  "no_answer",
  "line_quality",
  "invalid_number",
  "no_route",
];
/** As long as mintfax waits before its first retry (webhooks/delivery-and-retries, May 2026). */
const LATE_DUPLICATE_SECONDS = 10;

/**
 * The life of one fax. `tags.order` is its number as text.
 *
 * @param number counts from 1
 */
export function planFax(number: number, random: Random, unrest: Unrest): readonly PlannedEvent[] {
  const id = random.id("fax_");
  const options = { ...fate(random), tags: { order: String(number) }, fax: { id, idempotency_key: null } };
  const { events, queued } = faxLife(options);
  const times = overtaken(
    events.map((event) => event.created - queued.created),
    random,
    unrest.reorder,
  );
  return events.map((event, index) => {
    const at = times[index] ?? 0;
    const again = at + random.pick([0, LATE_DUPLICATE_SECONDS]);
    return {
      event: { ...event, id: random.id("evt_") },
      atSeconds: random.chance(unrest.duplicates) ? [at, again] : [at],
    };
  });
}

function fate(random: Random): FaxLifeOptions {
  const drawn = random.next();
  const pages = 1 + Math.floor(random.next() * 12);
  if (drawn < DELIVERED_AT_ONCE) return { outcome: "delivered", pages };
  if (drawn < DELIVERED_AT_ONCE + DELIVERED_LATER) return { outcome: "delivered", pages, attempts: 2 };
  return { outcome: "failed", pages, errorCode: random.pick(FAILURES) };
}

/** Swaps the times of some neighbours. */
function overtaken(times: number[], random: Random, share: number): number[] {
  for (let index = 0; index + 1 < times.length; index += 1) {
    if (!random.chance(share)) continue;
    const [early = 0, late = 0] = times.slice(index, index + 2);
    times[index] = late;
    times[index + 1] = early;
  }
  return times;
}
