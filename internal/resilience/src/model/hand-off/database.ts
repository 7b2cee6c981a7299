import type { Forgetting, TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey, TransactionClaim, TransactionResult } from "@mintfax-webhooks/core/store";
import { Connection } from "../simulation/connection.ts";
import type { SimulatedProcess } from "../simulation/process.ts";
import type { Task } from "./journal.ts";
import type { HandOffWorld } from "./world.ts";

const SILENT_MS = 2_000;

interface Row {
  done: boolean;
  fence: number;
  /** Who is working on it; of a process that died, the database has ended the session. */
  locked: Transaction | undefined;
}

/** The handler's own transaction: what is done in it is done when it commits, or never. */
export class Transaction {
  readonly task: Task;
  readonly generation: number;
  #writes: (() => void)[] = [];

  constructor(task: Task, generation: number) {
    this.task = task;
    this.generation = generation;
  }

  onCommit(write: () => void): void {
    this.#writes.push(write);
  }

  commit(): void {
    for (const write of this.#writes) write();
    this.#writes = [];
  }
}

/** A database with a transactional store in it, and the engine's tables. */
export class Database {
  readonly #world: HandOffWorld;
  readonly #rows = new Map<string, Row>();

  constructor(world: HandOffWorld) {
    this.#world = world;
  }

  /** As one process reaches it. */
  storeFor(process: SimulatedProcess): TransactionalStore<Transaction> {
    const connection = new Connection(this.#world, process);
    const ask = <T>(words: string, take: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        let answer: T;
        // A connection that is silent for so long is closed, and the database ends its session.
        this.#world.later(process, SILENT_MS, () => reject(new Error("the database is silent")));
        connection.send(connection.drawFate(), {
          words: () => words,
          take: () => {
            answer = take();
          },
          answered: () => resolve(answer),
          failed: reject,
        });
      });
    return {
      kind: "transactional",
      transact: (key, work) => this.#transact(key, this.#world.starting as Task, ask, work),
      forget: (key) => ask(`forget ${key.id}`, () => this.#forget(key)),
      inspect: () => Promise.reject(new Error("a receiver does not inspect")),
    };
  }

  async #transact(
    key: DedupKey,
    task: Task,
    ask: <T>(words: string, take: () => T) => Promise<T>,
    work: (claim: TransactionClaim<Transaction>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult> {
    const row = this.#rowOf(key);
    let begun: Transaction | undefined;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      if (row.locked === begun) row.locked = undefined;
    };
    try {
      const claim = await ask(`begin ${key.namespace} ${key.id}`, () => {
        if (row.done) return "done";
        if (row.locked !== undefined && row.locked.task.process.diedMs > this.#world.nowMs) return "pending";
        row.fence += 1;
        // A connection that was given up on before its answer came is closed.
        if (isOver) return "pending";
        begun = new Transaction(task, this.#world.generationOf(key));
        row.locked = begun;
        return begun;
      });
      if (typeof claim === "string") return claim;
      const { fence } = row;
      if ((await work({ tx: claim, fence })) === "rollback") {
        end();
        return "rolled_back";
      }
      return await ask(`commit ${key.namespace} ${key.id}`, () => {
        if (isOver || row.locked !== claim) return "lost";
        claim.commit();
        row.done = true;
        return "committed";
      });
    } finally {
      end();
    }
  }

  #forget(key: DedupKey): Forgetting {
    const row = this.#rowOf(key);
    if (row.locked !== undefined && row.locked.task.process.diedMs > this.#world.nowMs) return "pending";
    if (!row.done) return "absent";
    row.done = false;
    this.#world.forgotten(key);
    return "forgotten";
  }

  #rowOf({ namespace, id }: DedupKey): Row {
    const name = `${namespace} ${id}`;
    const row = this.#rows.get(name) ?? { done: false, fence: 0, locked: undefined };
    this.#rows.set(name, row);
    return row;
  }
}
