/** Attempts may be listed by their start, up to 30 s before the end that is compared. */
const LENGTH_MAX_MS = 60_000;
/** Smaller steps back in time are no other order: mintfax's machines may have clocks that differ. */
const STEP_BACK_MAX_MS = 5 * 60_000;
/** What lies closer together than this says nothing about the order. */
const SPREAD_MIN_MS = 60_000;

/**
 * Finds out while a list is read whether its newest entries come first: only then may reading end at the first page that is
 * too old. mintfax does not document the order.
 */
export class Order {
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  #oldestMs = Number.POSITIVE_INFINITY;
  #isNewestFirst = true;

  /** Takes the times of the next page. @returns whether the list can have nothing more at or after `backToMs` */
  isPast(timesMs: readonly (number | undefined)[], backToMs: number): boolean {
    let allOlder = timesMs.length > 0;
    for (const ms of timesMs) {
      if (ms === undefined || ms >= backToMs - LENGTH_MAX_MS) allOlder = false;
      if (ms === undefined) continue;
      this.#firstMs ??= ms;
      this.#lastMs = ms;
      if (ms > this.#oldestMs + STEP_BACK_MAX_MS) this.#isNewestFirst = false;
      this.#oldestMs = Math.min(this.#oldestMs, ms);
    }
    const spreadMs = (this.#firstMs ?? 0) - (this.#lastMs ?? 0);
    return allOlder && this.#isNewestFirst && spreadMs >= SPREAD_MIN_MS;
  }

  get isNewestFirst(): boolean {
    return this.#isNewestFirst;
  }
}
