/** Separate, since some drivers prepare one statement at a time. */
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
