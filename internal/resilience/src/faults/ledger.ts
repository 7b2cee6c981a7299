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

export function readLedger(path: string): Entry[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Entry).sort((a, b) => a.at - b.at);
}
