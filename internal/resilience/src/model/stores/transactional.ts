import type { TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { Random } from "test-support/random";
import type { Walk } from "./walk.ts";

/** What a handler ends with. `die`: its connection is gone before the commit. */
const ENDS = ["commit", "commit", "rollback", "die"] as const;

type End = (typeof ENDS)[number];

/** A same-transaction store, and what its handlers write with. */
export interface TransactionalSubject<Tx> {
  readonly store: TransactionalStore<Tx>;
  /** What the store was opened with, in milliseconds. */
  readonly retentionMs: number;
  write(tx: Tx, id: string, text: string): Promise<unknown>;
  /** A statement that changes nothing. */
  pause(tx: Tx): Promise<unknown>;
  /** Ends the connection. */
  die(tx: Tx): Promise<unknown>;
  /** The committed texts of an id. */
  written(id: string): Promise<readonly string[]>;
  /** Moves all that is stored about the key back. */
  elapse(ms: number, key: DedupKey): Promise<unknown>;
}

/** What is done and what was written have to be one and the same. */
export function walkTransactions<Tx>(subject: TransactionalSubject<Tx>, seed: number): Promise<Walk> {
  return new TransactionalWalk(subject, seed).run();
}

class TransactionalWalk<Tx> {
  readonly #subject: TransactionalSubject<Tx>;
  readonly #random: Random;
  readonly #key: DedupKey;
  readonly #lines: string[] = [];
  /** What must have been written by now. */
  readonly #effects: string[] = [];
  #done = false;
  /** Since the event was done. */
  #elapsedMs = 0;
  #commands = 0;

  constructor(subject: TransactionalSubject<Tx>, seed: number) {
    this.#subject = subject;
    this.#random = new Random(seed);
    this.#key = { namespace: "model", id: `walk-${seed}` };
  }

  async run(): Promise<Walk> {
    for (let left = this.#random.between(3, 10); left > 0; left--) {
      const toss = this.#random.fraction();
      const holds =
        toss < 0.15 ? await this.#forget() : toss < 0.25 ? await this.#elapse() : await this.#transact();
      if (!holds) return { commands: this.#commands, counterexample: this.#lines };
    }
    return { commands: this.#commands, counterexample: undefined };
  }

  async #forget(): Promise<boolean> {
    const answer = await this.#subject.store.forget(this.#key);
    this.#commands += 1;
    this.#lines.push(`forget: ${answer}`);
    const expected = this.#done ? "forgotten" : "absent";
    this.#done = false;
    return answer === expected;
  }

  /** The rest of the retention but an hour, or an hour more than that. */
  async #elapse(): Promise<boolean> {
    const over = this.#random.chance(0.5);
    // Only the first of such times is not over yet.
    if (!this.#done || (this.#elapsedMs > 0 && !over)) return true;
    const ms = this.#subject.retentionMs - this.#elapsedMs + (over ? 1 : -1) * 3_600_000;
    await this.#subject.elapse(ms, this.#key);
    this.#lines.push(`${ms / 1_000} s pass`);
    this.#elapsedMs += ms;
    if (over) this.#done = false;
    return true;
  }

  async #transact(): Promise<boolean> {
    const ends = Array.from({ length: this.#random.between(1, 3) }, () => this.#random.pick(ENDS));
    const delays = ends.map(() => this.#random.between(0, 3));
    const results = await Promise.all(
      ends.map((end, at) => this.#one(end, delays[at] ?? 0, `${this.#commands}.${at}`)),
    );
    this.#commands += ends.length;
    this.#lines.push(ends.map((end, at) => `${end}: ${results[at]}`).join(" | "));
    const committed = results.filter((result) => result === "committed").length;
    const refused = results.filter((result) => result === "pending" || result === "done").length;
    const each = ends.every((end, at) => this.#mayEnd(end, results[at] ?? "", committed));
    // Of several at once one gets to work, unless the event is done.
    const one = this.#done ? refused === ends.length : refused < ends.length;
    const once = committed <= (this.#done ? 0 : 1);
    if (committed > 0) {
      this.#done = true;
      this.#elapsedMs = 0;
    }
    return each && one && once && (await this.#written());
  }

  #mayEnd(end: End, result: string, committed: number): boolean {
    if (result === "done") return this.#done || committed > 0;
    if (result === "pending") return !this.#done;
    return result === { commit: "committed", rollback: "rolled_back", die: "failed" }[end];
  }

  async #one(end: End, delay: number, text: string): Promise<string> {
    const { store, write, pause, die } = this.#subject;
    try {
      const result = await store.transact(this.#key, async ({ tx }) => {
        await write(tx, this.#key.id, text);
        for (let left = delay; left > 0; left--) await pause(tx);
        if (end === "die") await die(tx).catch(() => {});
        return end === "rollback" ? "rollback" : "commit";
      });
      if (result === "committed") this.#effects.push(text);
      return result;
    } catch {
      return "failed";
    }
  }

  async #written(): Promise<boolean> {
    const written = [...(await this.#subject.written(this.#key.id))].sort();
    this.#lines.push(`written: ${written.join(", ")}`);
    return JSON.stringify(written) === JSON.stringify([...this.#effects].sort());
  }
}
