/** A table that the store creates where it is missing. */
export interface Schema {
  readonly table: string;
  /** Names, in their order. */
  readonly columns: string;
  /** Refused where it is missing, not created. */
  readonly isRequired?: boolean;
  /** Separate, since some drivers prepare one statement at a time. */
  readonly statements: readonly string[];
}

/** Ids and their states. */
export const DEDUP: Schema = {
  table: "mintfax_dedup",
  columns: "namespace id state owner fence lease_until_ms expires_ms",
  statements: [
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
  ],
};
