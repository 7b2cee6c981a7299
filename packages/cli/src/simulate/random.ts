const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** As in the ids of mintfax's samples. */
const ID_LENGTH = 22;

/** Repeatable chance: the same seed gives the same sequence. */
export class Random {
  #state: number;

  /** @param seed a whole number from 0 to 4,294,967,295 */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0, to just under 1. This is Mulberry32, by Tommy Ettinger. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True in this share of cases, from 0 to 1. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of them, all equally likely. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0];
  }

  /** An id that looks like mintfax's. */
  id(prefix: string): string {
    const letters = Array.from(
      { length: ID_LENGTH },
      () => ALPHABET[Math.floor(this.next() * ALPHABET.length)],
    );
    return prefix + letters.join("");
  }
}
