import type { Schema } from "../schema.ts";

const TABLE = "mintfax_fax_watch";
/** The database's clock, in milliseconds since 1970. It stands still during a statement. */
const NOW_MS = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** `until_ms`: when the event is due (expected), or when the row can be deleted (settled, dismissed). */
export const FAX_WATCH: Schema = {
  table: TABLE,
  columns: "namespace id state since_ms until_ms",
  statements: [
    `CREATE TABLE IF NOT EXISTS ${TABLE} (
  namespace TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('expected', 'settled', 'dismissed')),
  since_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID`,
    `CREATE INDEX IF NOT EXISTS ${TABLE}_until ON ${TABLE} (state, until_ms)`,
  ],
};

/** Namespace, id, by in milliseconds since 1970. */
export const EXPECT: string = `
INSERT INTO ${TABLE} (namespace, id, state, since_ms, until_ms)
VALUES (?1, ?2, 'expected', ${NOW_MS}, ?3)
ON CONFLICT (namespace, id) DO NOTHING
RETURNING state`;

/** Namespace, id, state, retentionMs. */
export const END: string = `
INSERT INTO ${TABLE} (namespace, id, state, since_ms, until_ms)
VALUES (?1, ?2, ?3, ${NOW_MS}, ${NOW_MS} + ?4)
ON CONFLICT (namespace, id) DO UPDATE SET
  state = excluded.state, since_ms = excluded.since_ms, until_ms = excluded.until_ms
WHERE state = 'expected'
RETURNING state`;

/** Namespace, the time that `by` lies before ('' for now), the last fax of the page before (its by and id), limit. */
export const PAGE: string = `
SELECT id, since_ms, until_ms FROM ${TABLE}
WHERE namespace = ?1 AND state = 'expected'
  AND until_ms < CASE ?2 WHEN '' THEN ${NOW_MS} ELSE ?2 END
  AND (until_ms, id) > (?3, ?4)
ORDER BY until_ms, id LIMIT ?5`;

/** Namespace. */
export const STATUS: string = `
SELECT count(*) AS expected,
  count(CASE WHEN until_ms < ${NOW_MS} THEN 1 END) AS owed,
  coalesce(max(0, ${NOW_MS} - min(until_ms)), 0) AS oldest_ms,
  (SELECT ${NOW_MS} - since_ms FROM ${TABLE}
    WHERE namespace = ?1 AND state = 'settled' ORDER BY until_ms DESC LIMIT 1) AS last_ms
FROM ${TABLE} WHERE namespace = ?1 AND state = 'expected'`;

/** The highest number of rows to delete. Returns a row for each. */
export const DELETE_EXPIRED: string = `
DELETE FROM ${TABLE} WHERE (namespace, id) IN (
  SELECT namespace, id FROM ${TABLE} WHERE state IN ('settled', 'dismissed') AND until_ms <= ${NOW_MS}
  ORDER BY until_ms LIMIT ?1)
RETURNING state`;
