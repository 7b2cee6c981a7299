import { DatabaseSync } from "node:sqlite";
import type { Forgetting, Inspection, TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey, TransactionClaim, TransactionResult } from "@mintfax-webhooks/core/store";

/** A transactional store on real SQLite transactions, one connection each: what the engine promises it has to keep. */
export class SqliteStore implements TransactionalStore<DatabaseSync> {
  readonly kind = "transactional";
  readonly #file: string;
  /** Waited for right before COMMIT; throws where a test cuts the connection there. */
  beforeCommit: () => void | Promise<void> = () => {};
  /** Waited for before a connection is opened. */
  opening: Promise<void> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
    using db = this.#open();
    db.exec("PRAGMA journal_mode = WAL");
    db.exec("CREATE TABLE claims (key TEXT PRIMARY KEY, fence INTEGER NOT NULL, done INTEGER NOT NULL)");
    db.exec("CREATE TABLE effects (id TEXT NOT NULL)");
  }

  async transact(
    key: DedupKey,
    work: (claim: TransactionClaim<DatabaseSync>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult> {
    await this.opening;
    using db = this.#open();
    if (!begin(db)) return "pending";
    const name = JSON.stringify([key.namespace, key.id]);
    const row = db.prepare("SELECT fence, done FROM claims WHERE key = ?").get(name);
    if (row?.done === 1) return "done";
    const fence = Number(row?.fence ?? 0) + 1;
    db.prepare("INSERT OR REPLACE INTO claims VALUES (?, ?, 1)").run(name, fence);
    if ((await work({ tx: db, fence })) === "rollback") return "rolled_back";
    await this.beforeCommit();
    db.exec("COMMIT");
    return "committed";
  }

  forget(key: DedupKey): Forgetting {
    using db = this.#open();
    if (!begin(db)) return "pending";
    const { changes } = db
      .prepare("UPDATE claims SET done = 0 WHERE key = ? AND done = 1")
      .run(JSON.stringify([key.namespace, key.id]));
    db.exec("COMMIT");
    return changes === 1 ? "forgotten" : "absent";
  }

  inspect(key: DedupKey): Inspection {
    using db = this.#open();
    const row = db
      .prepare("SELECT fence, done FROM claims WHERE key = ?")
      .get(JSON.stringify([key.namespace, key.id]));
    // There is one writer, which may be at work on this event or on another one.
    if (row?.done !== 1 && !begin(db)) return { state: "pending", owner: "the writer", nowMs: Date.now() };
    if (row === undefined) return { state: "absent" };
    return { state: row.done === 1 ? "done" : "released", nowMs: Date.now(), fence: Number(row.fence) };
  }

  /** What handlers have written and committed. */
  effects(): unknown[] {
    using db = this.#open();
    return db
      .prepare("SELECT id FROM effects")
      .all()
      .map((row) => row.id);
  }

  /** Closing it rolls back what was not committed. */
  #open(): DatabaseSync {
    return new DatabaseSync(this.#file);
  }
}

/** Whether the one writer's place could be had; it is not waited for. */
function begin(db: DatabaseSync): boolean {
  try {
    db.exec("BEGIN IMMEDIATE");
    return true;
  } catch (error) {
    if (error instanceof Error && /locked/.test(error.message)) return false;
    throw error;
  }
}
