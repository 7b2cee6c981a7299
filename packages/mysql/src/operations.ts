import type { DedupKey, PendingClaim } from "@mintfax-webhooks/core/store";
import { type Row, rowsOf, write } from "./answers.ts";
import { isUnknownSession } from "./errors.ts";
import { requireFresh } from "./fresh.ts";
import { COLUMNS, readRow, textFrom, timesOf } from "./inspect.ts";
import { lockOf, lockOfRow } from "./lock-name.ts";
import type { Settings } from "./options.ts";
import { sessionNames } from "./sessions.ts";
import { bytes } from "./sql.ts";
import { OF_TRANSACTION } from "./statements.ts";
import { unhurried } from "./unhurried.ts";

/** What an operator does with claims. `mintfax-webhooks pending` and `release` of the command line call it. */
export interface MysqlOperations {
  /**
   * Lists the claims that are held, or whose lease ran out, the oldest first, at most 10,000, those of transactions under way
   * too. Reads the whole table, without a lock that a claim waits for.
   *
   * @param namespace default: all of them
   *
   * @example
   * ```ts
   * for await (const { key, owner } of store.pending()) console.log(key?.id, owner);
   * ```
   */
  pending(namespace?: string): AsyncIterable<PendingClaim>;
  /**
   * Ends the session of the database whose transaction holds the claim. MySQL rolls back what the handler has written, and the
   * event is free. Needs the session's own user, or CONNECTION_ADMIN (MariaDB: CONNECTION ADMIN).
   *
   * @returns false where no transaction holds a claim of the key
   */
  endTransaction(key: DedupKey): Promise<boolean>;
}

/** The oldest ones. So many claims at once are not a matter of single ids. */
const MOST = 10_000;

export function operationsOf(settings: Settings): MysqlOperations {
  const { table } = settings;
  return {
    async *pending(namespace) {
      yield* await unhurried(settings, async (connection) => {
        // What a transaction has claimed is committed with what its handler writes.
        await requireFresh(connection, "READ UNCOMMITTED");
        const rows = await rowsOf(connection, pending(table, namespace));
        const nameOf = await sessionNames(connection);
        return rows.flatMap((row) => claimFrom(row, nameOf));
      });
    },
    endTransaction: (key) =>
      unhurried(settings, async (connection) => {
        try {
          await write(connection, `KILL CONNECTION IS_USED_LOCK(${lockOf(table, key)})`);
          return true;
        } catch (error) {
          if (isUnknownSession(error)) return false;
          throw error;
        }
      }),
  };
}

function pending(table: string, namespace: string | undefined): string {
  return `
    SELECT HEX(namespace) AS namespace, HEX(id) AS id, ${COLUMNS}, CAST(IS_USED_LOCK(${lockOfRow(table)}) AS CHAR) AS session
    FROM ${table} WHERE state = 'pending'${namespace === undefined ? "" : ` AND namespace = ${bytes(namespace)}`}
    ORDER BY ${table}.fence LIMIT ${MOST}`;
}

function claimFrom(row: Row, nameOf: (session: unknown) => string): PendingClaim[] {
  const key = { namespace: textFrom(row.namespace), id: textFrom(row.id) };
  if (row.session !== null) {
    const { nowMs, claimedMs } = timesOf(row);
    return [{ key, owner: nameOf(row.session), nowMs, ...(claimedMs !== undefined && { claimedMs }) }];
  }
  const claim = readRow(row);
  // It was over before its lock was looked up.
  return claim.owner.startsWith(OF_TRANSACTION) ? [] : [{ key, ...claim }];
}
