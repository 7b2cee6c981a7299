import type { PendingClaim } from "@mintfax-webhooks/core/store";
import { CLAIMED, HERE, inMs, NOW, readRow, SESSION } from "./inspect.ts";
import { type Row, Statement } from "./statement.ts";

/** The oldest ones. So many claims at once are not a matter of single ids. */
const MOST = 10_000;

/**
 * Reads the whole table, since a claim is found by its id only. A transaction that holds a claim is told by two locks: that of
 * the key, and that of the table, which it has written to.
 *
 * @param table quoted
 */
export function pendingStatement(table: string): Statement<"namespace"> {
  const id = `'${table.replaceAll("'", "''")}'::regclass`;
  return new Statement(`
      SELECT NULL AS namespace, NULL AS id, NULL AS fence, ${inMs("xact_start")} AS claimed_ms, NULL AS until_ms,
        ${SESSION} AS owner, ${inMs(NOW)} AS now_ms
      FROM pg_stat_activity
      WHERE pid IN (SELECT pid FROM pg_locks WHERE ${CLAIMED}) AND pid IN (
        SELECT pid FROM pg_locks
        WHERE ${HERE} AND locktype = 'relation' AND relation = ${id} AND mode = 'RowExclusiveLock' AND granted)
      UNION ALL (
        SELECT namespace, id, fence::text, (fence / 1000)::text, ${inMs("until")}, owner, ${inMs(NOW)} FROM ${table}
        WHERE state = 'pending' AND ({namespace}::text = '' OR namespace = {namespace}::text)
        ORDER BY fence LIMIT ${MOST}
      )`);
}

/** @throws {StoreMisconfiguredError} for rows that the statement cannot return */
export function pendingFrom(rows: readonly Row[]): PendingClaim[] {
  return rows.map((row) => {
    const { owner, nowMs, ...seen } = readRow(row);
    const { namespace, id } = row;
    return {
      ...(typeof namespace === "string" && typeof id === "string" && { key: { namespace, id } }),
      owner,
      nowMs,
      ...seen,
    };
  });
}
