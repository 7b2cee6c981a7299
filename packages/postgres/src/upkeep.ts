import { ConfigurationError, StoreUnavailableError } from "@mintfax-webhooks/core/store";
import type { Backend } from "./backend.ts";
import { createIndexConcurrently, lookup, migration, type Schema } from "./schema.ts";
import { sqlStateOf } from "./sql-state.ts";
import type { Statement } from "./statement.ts";
import { unhurried } from "./unhurried.ts";

/** Maintenance of a store's table. No delivery waits for it, so each of its transactions may take 60 s. */
export interface PostgresUpkeep {
  /**
   * Creates the table and its index where they are missing. Safe to call at every start, by any number of processes at
   * once: where both exist, it takes no lock. Needs the right to create tables. An application without that right has
   * {@link postgresSchema} in its migrations instead.
   *
   * Creating a missing index takes a lock that waits for the transactions on the table, and claims wait behind it. So
   * `migrate()` tries five times, for one second each, with half a second between.
   *
   * @throws {StoreUnavailableError} where PostgreSQL did not grant the lock; the message says what to do instead
   * @throws {StoreMisconfiguredError} for a missing schema, database, role or right
   * @throws another error where the database is unreachable, refuses, or has not answered after 60 s
   *
   * @example
   * ```ts
   * await store.migrate();
   * ```
   */
  migrate(): Promise<void>;
  /**
   * Deletes the rows of ids whose retention has ended, in batches of one transaction each. Never deletes a claim (state
   * pending). Call it every hour or so, from any number of processes: they share the work.
   *
   * @param options `batchSize`: rows for each transaction, default 1,000
   * @returns how many rows were deleted
   * @throws {ConfigurationError} for a `batchSize` that is not a whole number of at least 1
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right
   * @throws another error where the database is unreachable, refuses, or has not answered a batch after 60 s
   *
   * @example
   * ```ts
   * setInterval(() => store.deleteExpired().catch(console.error), 3_600_000).unref();
   * ```
   */
  deleteExpired(options?: { readonly batchSize?: number }): Promise<number>;
}

const TRIES = 5;
/** Lets the claims through that have waited behind a try. */
const PAUSE_MS = 500;
const LOCK_NOT_AVAILABLE = "55P03";

export function upkeepOf<Tx>(
  backend: Backend<Tx>,
  schema: Schema,
  deleteExpired: Statement<"batchSize">,
): PostgresUpkeep {
  const { table } = schema;
  const transaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => unhurried(backend, table, work);

  async function createMissing(tx: Tx): Promise<void> {
    const [found] = await backend.run(tx, lookup(table), {});
    if (found?.complete === "true") return;
    for (const statement of migration(schema)) await backend.run(tx, statement, {});
  }

  return {
    async migrate() {
      for (let tries = 1; ; tries += 1) {
        try {
          return await transaction(createMissing);
        } catch (error) {
          if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
          if (tries === TRIES) throw lockedOut(schema, error);
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
    },
    async deleteExpired({ batchSize = 1_000 } = {}) {
      if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
        throw new ConfigurationError(
          "option_out_of_bounds",
          `batchSize is ${batchSize}; expected a whole number of at least 1.`,
        );
      }
      let total = 0;
      for (let count = batchSize; count === batchSize; total += count) {
        count = await transaction(async (tx) => {
          const [row] = await backend.run(tx, deleteExpired, { batchSize: String(batchSize) });
          return Number(row?.count);
        });
      }
      return total;
    },
  };
}

function lockedOut(schema: Schema, cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    `migrate() could not lock the table ${schema.table.table} to create what is missing, in ${TRIES} tries of 1 s each. A running ` +
      "transaction blocks it: a handler's, or another migrate() that builds the index. In pg_stat_activity, the one with the " +
      "oldest xact_start is the likely one. End it and call migrate() again. Or create the index yourself, outside of a " +
      `transaction, which holds up no delivery: ${createIndexConcurrently(schema)};`,
    { cause },
  );
}
