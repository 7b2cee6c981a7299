import { ConfigurationError } from "@mintfax-webhooks/core/store";
import { rowsOf } from "./answers.ts";
import type { Settings } from "./options.ts";
import type { MysqlConnection } from "./pool.ts";
import { unhurried } from "./unhurried.ts";
import type { Upkept } from "./upkept.ts";
import { writeAlone } from "./write-alone.ts";

/** Maintenance of a table. No delivery waits for it, so each of its statements may take 60 s. */
export interface MysqlUpkeep {
  /**
   * Creates the table where it is missing. Safe to call at every start, by any number of processes at once. An application
   * without the right to create tables has {@link mysqlSchema} in its migrations instead.
   *
   * @throws {StoreMisconfiguredError} for a missing database, user or right
   * @throws another error where the database is unreachable, refuses, or has not answered after 60 s
   *
   * @example
   * ```ts
   * await store.migrate();
   * ```
   */
  migrate(): Promise<void>;
  /**
   * Deletes the rows whose retention has ended, in batches of one transaction each. Never deletes a claim (state pending),
   * nor a fax that is owed. Call it every hour or so, from any number of processes.
   *
   * @param options `batchSize`: rows for each transaction, default 200
   * @returns how many rows it found past their retention
   * @throws {ConfigurationError} for a `batchSize` that is not a whole number from 1 to 1,000
   * @throws {StoreMisconfiguredError} for a missing table, database, user or right
   * @throws another error where the database is unreachable, refuses, or has not answered a batch after 60 s
   *
   * @example
   * ```ts
   * setInterval(() => store.deleteExpired().catch(console.error), 3_600_000).unref();
   * ```
   */
  deleteExpired(options?: { readonly batchSize?: number }): Promise<number>;
}

export function upkeepOf(settings: Settings, { createTable, expired, deleteExpired }: Upkept): MysqlUpkeep {
  const { table } = settings;

  async function deleteBatch(connection: MysqlConnection, batchSize: number): Promise<number> {
    const keys = (await rowsOf(connection, expired(table, batchSize))).map(({ namespace, id }) => ({
      namespace: hexFrom(namespace),
      id: hexFrom(id),
    }));
    if (keys.length > 0) await writeAlone(connection, deleteExpired(table, keys));
    return keys.length;
  }

  return {
    async migrate() {
      await unhurried(settings, (connection) => writeAlone(connection, createTable(table)));
    },
    async deleteExpired({ batchSize = 200 } = {}) {
      if (!Number.isSafeInteger(batchSize) || batchSize < 1 || batchSize > 1_000) {
        throw new ConfigurationError(
          "option_out_of_bounds",
          `batchSize is ${batchSize}; expected a whole number from 1 to 1,000.`,
        );
      }
      let total = 0;
      for (let count = batchSize; count === batchSize; total += count) {
        count = await unhurried(settings, (connection) => deleteBatch(connection, batchSize));
      }
      return total;
    },
  };
}

/** It becomes a part of a statement. */
function hexFrom(value: unknown): string {
  const hex = String(value);
  if (!/^[0-9A-F]*$/i.test(hex)) throw new TypeError("MySQL's HEX() has returned something else");
  return hex;
}
