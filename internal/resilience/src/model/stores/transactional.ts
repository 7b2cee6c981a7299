import type { DedupKey } from "@mintfax-webhooks/core/store";
import {
  createPostgresTransactionalStore,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { Random } from "test-support/random";
import type { Walk } from "./walk.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;
/** What a handler ends with. `die`: its connection is gone before the commit. */
const ENDS = ["commit", "commit", "rollback", "die"] as const;

type End = (typeof ENDS)[number];

export interface TransactionalSubject {
  readonly name: string;
  walk(seed: number): Promise<Walk>;
  close(): Promise<unknown>;
}

/** The same-transaction store: what is done and what was written have to be one and the same. */
export async function openPostgresTransactional(): Promise<TransactionalSubject> {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
  const store = createPostgresTransactionalStore({ pool, retentionMs: RETENTION_MS });
  await store.migrate();
  await pool.query("CREATE TABLE effects (id text NOT NULL, text text NOT NULL)");
  return {
    name: "Postgres, same transaction",
    walk: (seed) => new TransactionalWalk(store, pool, seed).run(),
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}

class TransactionalWalk {
  readonly #store: PostgresTransactionalStore<PoolClient>;
  readonly #pool: Pool;
  readonly #random: Random;
  readonly #key: DedupKey;
  readonly #lines: string[] = [];
  /** What must have been written by now. */
  readonly #effects: string[] = [];
  #done = false;
  /** Since the event was done. */
  #elapsedMs = 0;
  #commands = 0;

  constructor(store: PostgresTransactionalStore<PoolClient>, pool: Pool, seed: number) {
    this.#store = store;
    this.#pool = pool;
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
    const answer = await this.#store.forget(this.#key);
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
    const ms = RETENTION_MS - this.#elapsedMs + (over ? 1 : -1) * 3_600_000;
    const { namespace, id } = this.#key;
    await this.#pool.query(
      `UPDATE mintfax_webhooks SET until = until - ${ms} * interval '1 ms' WHERE namespace = $1 AND id = $2`,
      [namespace, id],
    );
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
    try {
      const result = await this.#store.transact(this.#key, async ({ tx }) => {
        await tx.query("INSERT INTO effects (id, text) VALUES ($1, $2)", [this.#key.id, text]);
        for (let left = delay; left > 0; left--) await tx.query("SELECT 1");
        if (end === "die") await tx.query("SELECT pg_terminate_backend(pg_backend_pid())").catch(() => {});
        return end === "rollback" ? "rollback" : "commit";
      });
      if (result === "committed") this.#effects.push(text);
      return result;
    } catch {
      return "failed";
    }
  }

  async #written(): Promise<boolean> {
    const { rows } = await this.#pool.query<{ text: string }>("SELECT text FROM effects WHERE id = $1", [
      this.#key.id,
    ]);
    const written = rows.map((row) => row.text).sort();
    this.#lines.push(`written: ${written.join(", ")}`);
    return JSON.stringify(written) === JSON.stringify([...this.#effects].sort());
  }
}
