import type { CatchUpClock } from "../clock.ts";
import type { Notes } from "../notes.ts";
import { wholeFrom } from "./read.ts";

/** Clocks that differ by less are the same: a `Date` header is in seconds, and on its way for some. */
const DIFFERENCE_MIN_MS = 60_000;

/** mintfax's time, as its `Date` headers have it: the ages of attempts are counted by the clock that stamped them. */
export class Time {
  readonly #clock: CatchUpClock;
  readonly #isGiven: boolean;
  #aheadMs = 0;

  /** @param isGiven whether the clock is a test's, which is believed */
  constructor(clock: CatchUpClock, isGiven: boolean) {
    this.#clock = clock;
    this.#isGiven = isGiven;
  }

  nowMs(): number {
    return this.#clock.nowMs() + this.#aheadMs;
  }

  /** Looks at the headers of an answer. */
  heed(headers: Headers, notes: Notes): void {
    const ageSeconds = wholeFrom(headers.get("age"), 1);
    if (ageSeconds !== undefined) {
      notes.add(
        "answer_cached",
        `A proxy answered from its cache (Age: ${ageSeconds}). Have it cache nothing of mintfax's API: what this run sees may be old.`,
      );
      return;
    }
    const dateMs = Date.parse(headers.get("date") ?? "");
    if (this.#isGiven || Number.isNaN(dateMs)) return;
    const aheadMs = dateMs - this.#clock.nowMs();
    this.#aheadMs = Math.abs(aheadMs) < DIFFERENCE_MIN_MS ? 0 : aheadMs;
    if (this.#aheadMs === 0) return;
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    notes.add(
      "clock_differs",
      `The clock of this machine is ${seconds} s ${aheadMs > 0 ? "behind" : "ahead of"} mintfax's. The ages of attempts are ` +
        "counted by mintfax's. A receiver with this clock refuses deliveries whose timestamp is more than 300 s away.",
    );
  }
}
