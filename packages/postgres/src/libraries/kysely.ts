import type { PostgresPoolDatabase } from "../database.ts";
import type { ClientOf, PostgresPool } from "../pool.ts";

/** A pool of one connection, which Kysely's `PostgresDialect` takes. */
export interface KyselyPool<Client> {
  /** Always the same connection. */
  connect(): Promise<Client>;
  /** Does nothing: the connection belongs to the store. */
  end(): Promise<void>;
  /** Empty. */
  readonly options: Record<string, never>;
}

/** What this package needs of an instance of `Kysely`. */
export interface KyselyOnClient<Tx> {
  /** Starts to build a transaction. */
  transaction(): KyselyTransactionBuilder<Tx>;
}

/** What this package needs of Kysely's `TransactionBuilder`. */
export interface KyselyTransactionBuilder<Tx> {
  /** Sets the isolation level. */
  setIsolationLevel(level: "read committed"): {
    /** Runs `work` in the transaction. */
    execute(work: (tx: Tx) => Promise<void>): Promise<unknown>;
  };
}

/**
 * Kysely's transactions for `createPostgresTransactionalStore`: a handler's `tx` is Kysely's `Transaction`.
 *
 * @param pool the `Pool` of `pg` that the store takes connections from
 * @param on makes an instance of Kysely on a pool, with your plugins; called once for each delivery, with a pool of one connection
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({
 *   database: kyselyDatabase(pool, (pool) => new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })),
 * });
 * ```
 */
export function kyselyDatabase<Pool extends PostgresPool, Tx>(
  pool: Pool,
  on: (pool: KyselyPool<ClientOf<Pool>>) => KyselyOnClient<Tx>,
): PostgresPoolDatabase<Tx> {
  return {
    pool,
    transaction: (client, work) =>
      on({ connect: async () => client as ClientOf<Pool>, end: async () => {}, options: {} })
        .transaction()
        .setIsolationLevel("read committed")
        .execute(work),
  };
}
