/** Separate, since D1 prepares one statement at a time. */
export const SCHEMA_STATEMENTS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS mintfax_dedup (
  namespace TEXT NOT NULL,
  id TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'released', 'done')),
  owner TEXT NOT NULL,
  fence INTEGER NOT NULL,
  lease_until_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS mintfax_dedup_expires ON mintfax_dedup (expires_ms)",
];

/**
 * The table of the D1 store as SQL, for your own migrations. The package has it as the file `d1.sql` too:
 *
 *     npx wrangler d1 execute DB --remote --file node_modules/@mintfax-webhooks/cloudflare/d1.sql
 *
 * It can be run any number of times. Times are milliseconds since 1970, by the database's clock.
 */
export const D1_SCHEMA: string = SCHEMA_STATEMENTS.map((statement) => `${statement};\n`).join("\n");
