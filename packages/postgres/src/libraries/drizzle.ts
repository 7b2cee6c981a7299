import type { PostgresPoolDatabase } from "../database.ts";
import type { ClientOf, PostgresPool } from "../pool.ts";

/** What this package needs of a database of `drizzle-orm/node-postgres`. */
export interface DrizzleOnClient<Tx> {
  /** Runs `work` in a transaction. */
  transaction(
    work: (tx: Tx) => Promise<void>,
    config: { readonly isolationLevel: "read committed" },
  ): Promise<unknown>;
}

/**
 * Drizzle's transactions for `createPostgresTransactionalStore`: a handler's `tx` is Drizzle's.
 *
 * @param pool the `Pool` of `pg` that the store takes connections from
 * @param on makes a Drizzle database on one connection, with your schema and settings; called once for each delivery
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({
 *   database: drizzleDatabase(pool, (client) => drizzle(client, { schema })),
 * });
 * ```
 */
export function drizzleDatabase<Pool extends PostgresPool, Tx>(
  pool: Pool,
  on: (client: ClientOf<Pool>) => DrizzleOnClient<Tx>,
): PostgresPoolDatabase<Tx> {
  return {
    pool,
    transaction: (client, work) =>
      on(client as ClientOf<Pool>).transaction(work, { isolationLevel: "read committed" }),
  };
}
