import type { Random } from "test-support/random";
import type { SimulatedProcess } from "./process.ts";

/** Something that happens at a time. */
export interface Entry {
  atMs: number;
  order: number;
  /** To whom it happens; undefined for what goes on outside of every process. */
  readonly to: SimulatedProcess | undefined;
  readonly act: () => void;
  cancelled: boolean;
}

/** What is to come, in the order of time; what comes at the same time is in an order that only the seed knows. */
export class Agenda {
  readonly #entries: Entry[] = [];
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(atMs: number, to: Entry["to"], act: () => void): Entry {
    const entry: Entry = { atMs, order: this.#random.fraction(), to, act, cancelled: false };
    this.#insert(entry);
    return entry;
  }

  /** What would have come now comes then. */
  postpone(entry: Entry, atMs: number): void {
    entry.atMs = atMs;
    entry.order = this.#random.fraction();
    this.#insert(entry);
  }

  #insert(entry: Entry): void {
    let at = this.#entries.length;
    // Latest first, so that the next one is at the end.
    while (at > 0 && isBefore(this.#entries[at - 1] as Entry, entry)) at -= 1;
    this.#entries.splice(at, 0, entry);
  }

  next(): Entry | undefined {
    let entry = this.#entries.pop();
    while (entry?.cancelled) entry = this.#entries.pop();
    return entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
