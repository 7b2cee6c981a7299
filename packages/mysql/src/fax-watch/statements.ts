import { bytes, NOW, wholeFrom } from "../sql.ts";
import type { Upkept } from "../upkept.ts";

/*
 * A fax may have a row of each state, so that expecting it and settling it, each in a transaction that takes its time, do not
 * wait for each other. Times are milliseconds since 1970; the server's clock decides what is due.
 */

export const NOW_MS: string = `(${NOW} DIV 1000)`;

const createTable = (table: string): string => `CREATE TABLE IF NOT EXISTS ${table} (
  namespace VARBINARY(1024) NOT NULL,
  id VARBINARY(256) NOT NULL,
  state VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (namespace, id, state),
  KEY state (state, until)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;

/** Whose rows of which table. */
export interface Place {
  readonly table: string;
  readonly namespace: string;
}

/** One that was settled before is left out by {@link page} and {@link status}. */
export function expect(place: Place, id: string, by: Date): string {
  return insert(place, id, "expected", String(wholeFrom(by.getTime())));
}

/** The row that ends the expectation. */
export function end(place: Place, id: string, state: "settled" | "dismissed", retentionMs: number): string {
  return insert(place, id, state, `${NOW_MS} + ${wholeFrom(retentionMs)}`);
}

/** Changes nothing where the row is there. */
function insert({ table, namespace }: Place, id: string, state: string, until: string): string {
  return `
    INSERT INTO ${table} (namespace, id, state, since, until)
    VALUES (${bytes(namespace)}, ${bytes(id)}, '${state}', ${NOW_MS}, ${until})
    ON DUPLICATE KEY UPDATE state = state`;
}

/** An expectation that another transaction has not committed yet stays, and nothing waits for it. */
export function lockExpected(place: Place, id: string): string {
  return `SELECT state FROM ${place.table} WHERE ${expectedIs(place, id)} FOR UPDATE SKIP LOCKED`;
}

export function deleteExpected(place: Place, id: string): string {
  return `DELETE FROM ${place.table} WHERE ${expectedIs(place, id)}`;
}

function expectedIs({ namespace }: Place, id: string): string {
  return `namespace = ${bytes(namespace)} AND id = ${bytes(id)} AND state = 'expected'`;
}

export function page(
  place: Place,
  limit: number,
  olderThan: Date | undefined,
  after: { readonly id: string; readonly by: Date } | undefined,
): string {
  const before = olderThan === undefined ? NOW_MS : wholeFrom(olderThan.getTime());
  const afterMs = after && wholeFrom(after.by.getTime());
  const rest = after && ` AND (until > ${afterMs} OR until = ${afterMs} AND id > ${bytes(after.id)})`;
  return `
    SELECT HEX(id) AS id, CAST(since AS CHAR) AS since_ms, CAST(until AS CHAR) AS until_ms FROM ${place.table} AS fax
    WHERE ${isOpen(place)} AND until < ${before}${rest ?? ""}
    ORDER BY until, id LIMIT ${wholeFrom(limit)}`;
}

export function status(place: Place): string {
  const { table, namespace } = place;
  return `
    SELECT CAST(COUNT(*) AS CHAR) AS expected, CAST(COALESCE(SUM(until < ${NOW_MS}), 0) AS CHAR) AS owed,
      CAST(COALESCE(GREATEST(0, ${NOW_MS} - MIN(until)), 0) AS CHAR) AS oldest_ms,
      (SELECT CAST(${NOW_MS} - since AS CHAR) FROM ${table}
        WHERE namespace = ${bytes(namespace)} AND state = 'settled' ORDER BY until DESC LIMIT 1) AS last_ms
    FROM ${table} AS fax WHERE ${isOpen(place)}`;
}

function isOpen({ table, namespace }: Place): string {
  return `fax.namespace = ${bytes(namespace)} AND fax.state = 'expected' AND NOT EXISTS (
      SELECT 1 FROM ${table} AS ended
      WHERE ended.namespace = fax.namespace AND ended.id = fax.id AND ended.state IN ('settled', 'dismissed'))`;
}

export const UPKEPT: Upkept = {
  createTable,
  expired: (table, limit) => `
    SELECT HEX(namespace) AS namespace, HEX(id) AS id FROM ${table}
    WHERE state IN ('settled', 'dismissed') AND until <= ${NOW_MS} ORDER BY until LIMIT ${wholeFrom(limit)}`,
  // With all rows of its fax: an expectation that was left beside it would be owed otherwise.
  deleteExpired: (table, keys) =>
    `DELETE FROM ${table} WHERE ${keys.map(({ namespace, id }) => `(namespace = X'${namespace}' AND id = X'${id}')`).join(" OR ")}`,
};
