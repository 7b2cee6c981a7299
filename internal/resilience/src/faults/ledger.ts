import { openSync, readFileSync, writeSync } from "node:fs";
import { nowMs } from "./terms.ts";

/** What a receiver process has seen or done. */
export interface Fact {
  readonly what: /** `store.migrate()` is over. It is of no event. */
    | "migrated"
    | "claimed"
    | "started"
    | "effect"
    /** The handler returned or threw. */
    | "ended"
    /** About to ask the store to settle. */
    | "settling"
    /** The store's answer to that. */
    | "settled"
    /** How the engine concluded, where it was not a plain success. */
    | "outcome"
    /** The same of a delivery that had been answered before. */
    | "late-outcome";
  readonly id: string;
  /** Of the claim; 0 for an outcome, where it is not known. */
  readonly fence: number;
  /** Who claimed it, with a lease store. */
  readonly owner?: string;
  readonly settle?: "renew" | "complete" | "release";
  readonly result?: "ok" | "lost" | "failed";
  readonly code?: string;
  /** Of an effect: it is refused where one with a higher fence has been written before. */
  readonly fenced?: true;
}

export interface Entry extends Fact {
  /** By {@link nowMs}. */
  readonly at: number;
  readonly pid: number;
}

/** The account of one row of the table, outside of every store: processes only append to it. */
export class Ledger {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  /** Synchronous: the line is in the file before anything else happens, SIGKILL included. */
  write(fact: Fact): void {
    writeSync(this.#file, `${JSON.stringify({ at: nowMs(), pid: process.pid, ...fact })}\n`);
  }
}

/** Without the effects that were refused. */
export function readLedger(path: string): Entry[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const highest = new Map<string, number>();
  // In the order in which they were written: a process may be stopped between its look at the clock and its line.
  const entries = lines
    .map((line) => JSON.parse(line) as Entry)
    .filter(({ what, id, fence, fenced }) => {
      if (what !== "effect") return true;
      const before = highest.get(id) ?? 0;
      highest.set(id, Math.max(before, fence));
      return !(fenced && before > fence);
    });
  return entries.sort((a, b) => a.at - b.at);
}
