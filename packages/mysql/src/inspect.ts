import type { Inspection } from "@mintfax-webhooks/core";
import type { DedupKey, InspectedRow } from "@mintfax-webhooks/core/store";
import { type Row, rowsOf, unexpected, wholeFrom } from "./answers.ts";
import { requireFresh } from "./fresh.ts";
import { lockOf } from "./lock-name.ts";
import type { MysqlConnection } from "./pool.ts";
import { sessionNames } from "./sessions.ts";
import { NOW } from "./sql.ts";
import { keyIs } from "./statements.ts";

/**
 * Of a row of the table. Numbers as text: a driver may be set to round them, or to make something else of them. Bytes in
 * hexadecimal: not every character set has each character.
 */
export const COLUMNS: string = `CAST(state AS CHAR) AS state, HEX(owner) AS owner, CAST(fence AS CHAR) AS fence,
      CAST(until AS CHAR) AS until_us, CAST(${NOW} AS CHAR) AS now_us`;

/** `inspect` of both kinds of store: an operator's command does not know which of them has the table. */
export async function inspect(
  connection: MysqlConnection,
  table: string,
  key: DedupKey,
): Promise<Inspection> {
  const row = await look(connection, table, key);
  const seen = inspectionFrom(row);
  // A delivery of an event that is done has the lock for a moment.
  if (row.session === null || seen.state === "done") return seen;
  const nameOf = await sessionNames(connection);
  // Its claim is not committed yet.
  const uncommitted = await look(connection, table, key, "READ UNCOMMITTED");
  const { nowMs, claimedMs } = timesOf(uncommitted);
  return {
    state: "pending",
    owner: nameOf(row.session),
    nowMs,
    ...(claimedMs !== undefined && { claimedMs }),
  };
}

/** Whether an event is done, by what is committed. */
export async function isDone(connection: MysqlConnection, table: string, key: DedupKey): Promise<boolean> {
  return inspectionFrom(await look(connection, table, key)).state === "done";
}

/** Whether a transaction holds the claim of a key. */
export async function isInTransaction(
  connection: MysqlConnection,
  table: string,
  key: DedupKey,
): Promise<boolean> {
  return (await look(connection, table, key)).session !== null;
}

/** One row, with nulls where the table has none. */
async function look(
  connection: MysqlConnection,
  table: string,
  key: DedupKey,
  isolation?: "READ UNCOMMITTED",
): Promise<Row> {
  await requireFresh(connection, isolation);
  const [row, ...others] = await rowsOf(
    connection,
    `SELECT ${COLUMNS}, CAST(IS_USED_LOCK(${lockOf(table, key)}) AS CHAR) AS session
    FROM (SELECT 1) AS one LEFT JOIN ${table} ON ${keyIs(key)}`,
  );
  if (row === undefined || others.length > 0) throw unexpected();
  return row;
}

function inspectionFrom(row: Row): Inspection {
  const { state } = row;
  if (state === null) return { state: "absent" };
  const { owner, ...seen } = readRow(row);
  if (state === "pending") return { state, owner, ...seen };
  if (state !== "released" && state !== "done") throw unexpected();
  return seen.untilMs > seen.nowMs ? { state, ...seen } : { state: "absent" };
}

/** Of a row that exists. */
export function readRow(row: Row): InspectedRow & { readonly owner: string; readonly untilMs: number } {
  const [fence, untilUs] = [wholeFrom(row.fence), wholeFrom(row.until_us)];
  const { nowMs, claimedMs } = timesOf(row);
  if (fence === undefined || untilUs === undefined) throw unexpected();
  return {
    owner: textFrom(row.owner),
    nowMs,
    fence,
    untilMs: Math.floor(untilUs / 1_000),
    ...(claimedMs !== undefined && { claimedMs }),
  };
}

/** A fence is the time of its claim, or later where the clock was set back meanwhile. */
export function timesOf({ fence, now_us }: Row): {
  readonly nowMs: number;
  readonly claimedMs: number | undefined;
} {
  const nowUs = wholeFrom(now_us);
  if (nowUs === undefined) throw unexpected();
  const claimedUs = wholeFrom(fence);
  return {
    nowMs: Math.floor(nowUs / 1_000),
    claimedMs: claimedUs !== undefined && claimedUs <= nowUs ? Math.floor(claimedUs / 1_000) : undefined,
  };
}

/** What `HEX` makes of bytes. */
export function textFrom(hex: unknown): string {
  if (typeof hex !== "string" || !/^(?:[0-9A-F]{2})*$/i.test(hex)) throw unexpected();
  return new TextDecoder().decode(
    Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
  );
}
