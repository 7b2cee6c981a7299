import type { Inspection } from "@mintfax-webhooks/core";
import { type InspectedRow, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import { type Row, Statement } from "./statement.ts";

export const NOW: string = "clock_timestamp()";
/** Milliseconds since 1970, as text. */
export const inMs = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::bigint::text`;

/** In `pg_locks`: the database is this one. */
export const HERE: string = "database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/** In `pg_locks`: a lock that the claim of a transaction holds, or another application's. */
export const CLAIMED: string = `locktype = 'advisory' AND objsubid = 1 AND mode = 'ExclusiveLock' AND granted AND ${HERE}`;

/** The owner of a transaction's claim. */
export const SESSION: string =
  "concat('session ', pid, ' of ' || nullif(application_name, ''), ' at ' || host(client_addr) || ':' || client_port)";

/**
 * The claim of a transaction under way is a row that others cannot see yet, and a lock that they can. The lock is looked up
 * in `pg_locks`: a try to take it would refuse a delivery that comes at the same moment. Only a transaction's claim holds
 * it exclusively; a lease's shares it, for as long as a statement takes.
 *
 * @param table quoted
 * @param lock the number of the key's lock
 */
export function inspectStatement(table: string, lock: string): Statement<"namespace" | "id"> {
  return new Statement(`
      WITH holder AS MATERIALIZED (
        SELECT pid, xact_start, application_name, client_addr, client_port
        FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
        WHERE ${CLAIMED} AND (classid::bigint << 32 | objid::bigint) = ${lock}
        LIMIT 1
      )
      SELECT 'pending' AS state, NULL AS fence, ${inMs("xact_start")} AS claimed_ms, NULL AS until_ms,
        ${SESSION} AS owner, ${inMs(NOW)} AS now_ms
      FROM holder
      UNION ALL SELECT state, fence::text, (fence / 1000)::text, ${inMs("until")}, owner, ${inMs(NOW)} FROM ${table}
      WHERE namespace = {namespace}::text AND id = {id}::text AND (state = 'pending' OR until > ${NOW})
        AND NOT EXISTS (SELECT FROM holder)`);
}

/** Ends the session whose transaction holds a claim. Returns a row for it. */
export function endStatement(lock: string): Statement<"namespace" | "id"> {
  return new Statement(`
      SELECT pg_terminate_backend(pid)::text AS ended FROM pg_locks
      WHERE ${CLAIMED} AND (classid::bigint << 32 | objid::bigint) = ${lock}`);
}

/** @throws {StoreMisconfiguredError} for rows that the statement cannot return */
export function inspectionFrom(rows: readonly Row[]): Inspection {
  const [row] = rows;
  if (row === undefined) return { state: "absent" };
  if (rows.length > 1) throw unexpected();
  const { state } = row;
  if (state === "pending") return { state, ...readRow(row) };
  if (state !== "released" && state !== "done") throw unexpected();
  const { owner: _, ...seen } = readRow(row);
  return { state, ...seen };
}

/**
 * The columns that every such statement returns.
 *
 * @throws {StoreMisconfiguredError} where they are not there
 */
export function readRow(row: Row): InspectedRow & { readonly owner: string } {
  const { owner } = row;
  const nowMs = wholeFrom(row.now_ms);
  const seen = nowMs === undefined ? undefined : seenFrom(row, nowMs);
  if (seen === undefined || typeof owner !== "string") throw unexpected();
  return { owner, ...seen };
}

function unexpected(): StoreMisconfiguredError {
  return new StoreMisconfiguredError(
    "A row that tells the state of an id lacks the columns or values that the store's statement returns. Make `query` of the " +
      "option `database` return rows as the driver has them, with column names and values unchanged.",
  );
}

function seenFrom(row: Row, nowMs: number): InspectedRow | undefined {
  const seen: { nowMs: number; fence?: number; claimedMs?: number; untilMs?: number } = { nowMs };
  for (const [name, column] of [
    ["fence", row.fence],
    ["claimedMs", row.claimed_ms],
    ["untilMs", row.until_ms],
  ] as const) {
    if (column === null) continue;
    const value = wholeFrom(column);
    if (value === undefined) return undefined;
    // A fence is the time of its claim, or later where the clock was set back meanwhile.
    if (name !== "claimedMs" || value <= nowMs) seen[name] = value;
  }
  return seen;
}

function wholeFrom(column: unknown): number | undefined {
  const value = typeof column === "string" && /^\d+$/.test(column) ? Number(column) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}
