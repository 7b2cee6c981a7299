import { ConfigurationError } from "@mintfax-webhooks/core/store";
import type { Backend } from "./backend.ts";
import { lookup, migration } from "./schema.ts";
import type { Statements } from "./statements.ts";
import type { Table } from "./table.ts";

/** What keeps a store's table in shape. None of it is on a delivery's way, so it takes the time that it takes. */
export interface PostgresUpkeep {
  /**
   * Creates the table and its index where they are missing. Safe to call at every start, by any number of processes at
   * once. Needs the right to create tables; where the application has none, put {@link postgresSchema} into your
   * migrations instead.
   *
   * @throws whatever the database says where it cannot be reached or refuses
   *
   * @example
   * ```ts
   * await store.migrate();
   * ```
   */
  migrate(): Promise<void>;
  /**
   * Deletes the rows of ids whose retention has ended, batch by batch, each in a transaction of its own. Never touches
   * a claim (PENDING). Call it now and then, say every hour, from any number of processes: they share the work.
   *
   * @param options `batchSize`: rows of one transaction, default 1,000
   * @returns how many rows were deleted
   * @throws {ConfigurationError} for a `batchSize` that is no whole number of at least 1; or whatever the database says
   *
   * @example
   * ```ts
   * setInterval(() => store.deleteExpired().catch(console.error), 3_600_000).unref();
   * ```
   */
  deleteExpired(options?: { readonly batchSize?: number }): Promise<number>;
}

/** Of its own for each transaction: Node warns of a signal that many listen to. */
const withoutLimit = (): AbortSignal => new AbortController().signal;

export function upkeepOf<Tx>(
  backend: Backend<Tx>,
  table: Table,
  { deleteExpired }: Statements,
): PostgresUpkeep {
  return {
    migrate: () =>
      backend.transaction(withoutLimit(), async (tx) => {
        const [found] = await backend.run(tx, lookup(table), {});
        if (found?.complete === "true") return;
        for (const statement of migration(table)) await backend.run(tx, statement, {});
      }),
    async deleteExpired({ batchSize = 1_000 } = {}) {
      if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
        throw new ConfigurationError(
          "option_out_of_bounds",
          `batchSize is ${batchSize}; expected a whole number of at least 1.`,
        );
      }
      let total = 0;
      for (let count = batchSize; count === batchSize; total += count) {
        count = await backend.transaction(withoutLimit(), async (tx) => {
          const [row] = await backend.run(tx, deleteExpired, { batchSize: String(batchSize) });
          return Number(row?.count);
        });
      }
      return total;
    },
  };
}
