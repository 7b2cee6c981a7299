/** Draws that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  /** @param name tells apart what is drawn from one seed */
  constructor(seed: number, name = "") {
    this.#state = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1);
    for (const char of name) this.#state = Math.imul(this.#state ^ char.charCodeAt(0), 0x9e3779b1);
    // Seeds that follow each other would begin alike.
    this.fraction();
  }

  /** From 0 to 1, without 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("nothing to pick from");
    return list[Math.floor(this.fraction() * list.length)] as T;
  }

  /** `count` different whole numbers from 0 to `below`, without `below`. */
  distinct(count: number, below: number): Set<number> {
    if (count > below) throw new RangeError(`${count} different numbers below ${below}`);
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(Math.floor(this.fraction() * below));
    return drawn;
  }
}
