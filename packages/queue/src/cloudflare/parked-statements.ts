/** Separate, since D1 prepares one statement at a time. */
export const SCHEMA_STATEMENTS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS mintfax_parked (
  key TEXT NOT NULL PRIMARY KEY,
  message TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  reason TEXT NOT NULL,
  parked_ms INTEGER NOT NULL
) STRICT`,
  "CREATE INDEX IF NOT EXISTS mintfax_parked_at ON mintfax_parked (parked_ms)",
];

/**
 * The table of parked messages as SQL, for your own migrations. The package has it as the file `d1.sql` too:
 *
 *     npx wrangler d1 execute DB --remote --file node_modules/@mintfax-webhooks/queue/d1.sql
 *
 * It can be run any number of times. `parked_ms` is in Unix milliseconds, by the database's clock; `message` is JSON.
 */
export const CLOUDFLARE_PARKED_SCHEMA: string = SCHEMA_STATEMENTS.map((statement) => `${statement};\n`).join(
  "\n",
);

/** Fails where the table is missing. */
export const TABLE: string = "SELECT key FROM mintfax_parked LIMIT 0";

/** Key, message, attempts, reason. A message that is delivered again stays as it was. */
export const ADD: string = `
INSERT INTO mintfax_parked (key, message, attempts, reason, parked_ms)
VALUES (?1, ?2, ?3, ?4, CAST(unixepoch('subsec') * 1000 AS INTEGER))
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING key`;

/** Limit. */
export const LIST: string = "SELECT * FROM mintfax_parked ORDER BY parked_ms, key LIMIT ?1";

/** Key. */
export const GET: string = "SELECT * FROM mintfax_parked WHERE key = ?1";

/** Key. Returns the row if it was there. */
export const DROP: string = "DELETE FROM mintfax_parked WHERE key = ?1 RETURNING key";
