import type { Claim, DedupKey, Forgetting, Holder, LeaseStore, Settlement } from "@mintfax-webhooks/core";
import { checkedLimits, type StoreLimits } from "../limits.ts";
import { withinTime } from "../within-time.ts";
import type { D1Binding } from "./binding.ts";
import { SCHEMA_STATEMENTS } from "./schema.ts";
import { CLAIM, COMPLETE, DELETE_EXPIRED, FORGET, RELEASE, RENEW, STATE } from "./statements.ts";

/** Bounds the time for which one statement keeps the database from everybody else. */
const ROWS_PER_STATEMENT = 1_000;

/** Options of {@link createD1Store}. */
export interface D1StoreOptions extends StoreLimits {
  /** The binding of the database. */
  readonly database: D1Binding;
}

/** A dedup store in D1, with what its table needs. */
export interface D1Store extends LeaseStore {
  /** Creates the table where it is missing. For migrations of your own, take `D1_SCHEMA` or the file `d1.sql`. */
  migrate(): Promise<void>;
  /**
   * Deletes ids that are past their retention, oldest first: at most `maxRows` of them, default 10,000, in
   * statements of 1,000. Call it from a cron trigger; until then they only take up room.
   *
   * @returns how many there were
   */
  deleteExpired(maxRows?: number): Promise<number>;
}

/**
 * A dedup store in a table of a D1 database, `mintfax_dedup`. Every call is one round trip, one transaction.
 *
 * @throws {TypeError} where there is no database
 * @throws {ConfigurationError} where an option is out of bounds
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks<{ Bindings: Env }>((c) => ({
 *   secret: c.env.MINTFAX_WEBHOOK_SECRET,
 *   store: createD1Store({ database: c.env.DB }),
 * }));
 * ```
 */
export function createD1Store(options: D1StoreOptions): D1Store {
  const { database } = options;
  if (typeof database?.prepare !== "function") {
    throw new TypeError(
      "database is not a D1 database; is it in d1_databases of wrangler.jsonc, for this environment too?",
    );
  }
  const { retentionMs, timeoutMs } = checkedLimits(options);
  return new DatabaseStore(database, retentionMs, timeoutMs);
}

class DatabaseStore implements D1Store {
  readonly kind = "lease";
  readonly #database: D1Binding;
  readonly #retentionMs: number;
  readonly #timeoutMs: number;

  constructor(database: D1Binding, retentionMs: number, timeoutMs: number) {
    this.#database = database;
    this.#retentionMs = retentionMs;
    this.#timeoutMs = timeoutMs;
  }

  async claim({ namespace, id }: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    // The second statement says why the first one was refused, so that a refusal writes nothing.
    const [claims, states] = await this.#answer(
      this.#database.batch([
        this.#database.prepare(CLAIM).bind(namespace, id, owner, leaseMs, this.#retentionMs),
        this.#database.prepare(STATE).bind(namespace, id),
      ]),
    );
    const claim = claims?.results[0] as { readonly fence: number } | undefined;
    if (claim !== undefined) return { state: "claimed", fence: claim.fence };
    const row = states?.results[0] as { readonly state: string } | undefined;
    return { state: row?.state === "done" ? "done" : "pending" };
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return this.#settle(RENEW, key, holder, leaseMs);
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#settle(COMPLETE, key, holder);
  }

  async release({ namespace, id }: DedupKey, { owner, fence }: Holder): Promise<Settlement> {
    // The second statement says what is there afterwards: what is free counts as released, by whichever call.
    const [, states] = await this.#answer(
      this.#database.batch([
        this.#database.prepare(RELEASE).bind(namespace, id, owner, fence, this.#retentionMs),
        this.#database.prepare(STATE).bind(namespace, id),
      ]),
    );
    const row = states?.results[0] as { readonly state: string } | undefined;
    return row === undefined || row.state === "released" ? "ok" : "lost";
  }

  async forget({ namespace, id }: DedupKey): Promise<Forgetting> {
    const row = await this.#first(FORGET, namespace, id, this.#retentionMs);
    if (row === null) return "absent";
    return row.state === "pending" ? "pending" : "forgotten";
  }

  async migrate(): Promise<void> {
    await this.#database.batch(SCHEMA_STATEMENTS.map((statement) => this.#database.prepare(statement)));
  }

  async deleteExpired(maxRows: number = 10_000): Promise<number> {
    const statement = this.#database.prepare(DELETE_EXPIRED);
    let deleted = 0;
    while (deleted < maxRows) {
      const limit = Math.min(ROWS_PER_STATEMENT, maxRows - deleted);
      const { meta } = await statement.bind(limit).run();
      deleted += meta.changes;
      if (meta.changes < limit) break;
    }
    return deleted;
  }

  async #settle(
    statement: string,
    { namespace, id }: DedupKey,
    { owner, fence }: Holder,
    ...leaseMs: number[]
  ): Promise<Settlement> {
    const row = await this.#first(statement, namespace, id, owner, fence, ...leaseMs, this.#retentionMs);
    return row === null ? "lost" : "ok";
  }

  #first(statement: string, ...values: unknown[]): Promise<{ readonly state: string } | null> {
    const answer = this.#database
      .prepare(statement)
      .bind(...values)
      .first();
    return this.#answer(answer) as Promise<{ readonly state: string } | null>;
  }

  #answer<T>(answer: PromiseLike<T>): Promise<T> {
    return withinTime("The D1 database", this.#timeoutMs, answer);
  }
}
