import type {
  DedupKey,
  Forgetting,
  TransactionalStore,
  TransactionClaim,
  TransactionResult,
} from "@mintfax-webhooks/core";
import { claimFrom, forgettingFrom, settlementFrom } from "./answers.ts";
import { type Backend, backendOfDatabase, backendOfPool } from "./backend.ts";
import type { PostgresDatabase } from "./database.ts";
import { type PostgresStoreOptions, type Settings, settingsFrom } from "./options.ts";
import type { ClientOf, PostgresPool } from "./pool.ts";
import { type Statements, statementsFor } from "./statements.ts";
import { TimeLimit } from "./time-limit.ts";
import { type PostgresUpkeep, upkeepOf } from "./upkeep.ts";

/** A transactional store in PostgreSQL. */
export interface PostgresTransactionalStore<Tx> extends TransactionalStore<Tx>, PostgresUpkeep {}

/**
 * A dedup store that runs handlers inside its own transaction (PostgreSQL 13 or newer): what they write through
 * `context.tx` is committed together with the event's completion, or not at all. A connection is held while a handler
 * works; a duplicate that arrives meanwhile is told so at once.
 *
 * `tx` is a `PoolClient` of your `pool`; with another library than `pg`, whatever its transactions are.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({ pool });
 * await store.migrate();
 * const webhooks = mintfaxWebhooks({ store }).on("fax.delivered", async ({ data: { object: fax } }, { tx }) => {
 *   await tx.query("UPDATE orders SET sent = true WHERE number = $1", [fax.tags.order]);
 * });
 * ```
 */
export function createPostgresTransactionalStore<Pool extends PostgresPool>(
  options: PostgresStoreOptions & { readonly pool: Pool },
): PostgresTransactionalStore<ClientOf<Pool>>;
/**
 * The same on transactions of another library: Drizzle, Kysely, Prisma, or your own.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore<Transaction<Tables>>({
 *   database: {
 *     transaction: (work) => db.transaction().execute(work), // Kysely
 *     query: async (tx, strings, ...values) => (await sql(strings, ...values).execute(tx)).rows,
 *   },
 * });
 * ```
 */
export function createPostgresTransactionalStore<Tx>(
  options: PostgresStoreOptions & { readonly database: PostgresDatabase<Tx> },
): PostgresTransactionalStore<Tx>;
export function createPostgresTransactionalStore(
  options: PostgresStoreOptions &
    ({ readonly pool: PostgresPool } | { readonly database: PostgresDatabase<unknown> }),
): PostgresTransactionalStore<never> {
  const backend = "pool" in options ? backendOfPool(options.pool) : backendOfDatabase(options.database);
  return storeOn(backend as Backend<never>, settingsFrom(options));
}

function storeOn<Tx>(backend: Backend<Tx>, settings: Settings): PostgresTransactionalStore<Tx> {
  const statements = statementsFor(settings.table);
  const store = new TransactionStore(backend, settings, statements);
  return Object.assign(store, upkeepOf(backend, settings.table, statements));
}

class TransactionStore<Tx> implements TransactionalStore<Tx> {
  readonly kind = "transactional";
  readonly #backend: Backend<Tx>;
  readonly #settings: Settings;
  readonly #statements: Statements;

  constructor(backend: Backend<Tx>, settings: Settings, statements: Statements) {
    this.#backend = backend;
    this.#settings = settings;
    this.#statements = statements;
  }

  async transact(
    key: DedupKey,
    work: (claim: TransactionClaim<Tx>) => Promise<"commit" | "rollback">,
  ): Promise<TransactionResult> {
    const limit = new TimeLimit(this.#settings.timeoutMs);
    // Kept here: libraries differ in what they reject with after a rollback.
    let ending: Exclude<TransactionResult, "committed"> | undefined;
    const transaction = this.#backend.transaction(limit.signal, async (tx) => {
      ending = await this.#work(tx, key, work, limit);
      if (ending !== undefined) throw new Error(`mintfax-webhooks: rolled back (${ending})`);
    });
    try {
      await limit.over(transaction);
      return "committed";
    } catch (error) {
      // Where the rollback failed too, the server makes up for it when the connection ends.
      if (ending !== undefined) return ending;
      throw error;
    }
  }

  /** @returns undefined to commit */
  async #work(
    tx: Tx,
    key: DedupKey,
    work: (claim: TransactionClaim<Tx>) => Promise<"commit" | "rollback">,
    limit: TimeLimit,
  ): Promise<Exclude<TransactionResult, "committed"> | undefined> {
    // Nobody may be waiting any more by the time that a library has a connection for it.
    limit.signal.throwIfAborted();
    const owner = crypto.randomUUID();
    // No lease: the lock and the uncommitted row hold the claim. Should the handler commit, it is free again at once.
    const claim = claimFrom(
      await this.#backend.run(tx, this.#statements.claimAlone, { ...key, owner, leaseMs: "0" }),
    );
    limit.signal.throwIfAborted();
    if (claim.state !== "claimed") return claim.state;

    limit.stop();
    const end = await work({ tx, fence: claim.fence });
    limit.restart();
    if (end === "rollback") return "rolled_back";
    // Last, and a statement of its own: it fails if one of the handler's has failed, even if the handler hid that.
    // COMMIT would roll back and say nothing.
    const { retentionMs } = this.#settings;
    const fence = String(claim.fence);
    const completed = await this.#backend.run(tx, this.#statements.complete, {
      ...key,
      owner,
      fence,
      retentionMs,
    });
    return settlementFrom(completed) === "lost" ? "lost" : undefined;
  }

  async forget(key: DedupKey): Promise<Forgetting> {
    const limit = new TimeLimit(this.#settings.timeoutMs);
    const { retentionMs } = this.#settings;
    return limit.over(
      this.#backend.transaction(limit.signal, async (tx) =>
        forgettingFrom(await this.#backend.run(tx, this.#statements.forget, { ...key, retentionMs })),
      ),
    );
  }
}
