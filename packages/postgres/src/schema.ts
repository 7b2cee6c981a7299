import { Statement } from "./statement.ts";
import { type Table, type TableOptions, tableFrom } from "./table.ts";

// COLLATE "C" compares ids as bytes, so an upgrade of the system's locales cannot spoil the index. The order of the columns
// is the one that takes the least space.
const createTable = ({ table }: Table): string => `CREATE TABLE IF NOT EXISTS ${table} (
  fence bigint NOT NULL,
  until timestamptz NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'done', 'released')),
  owner text COLLATE "C" NOT NULL,
  PRIMARY KEY (namespace, id)
)`;

const indexed = ({ table, index }: Table): string =>
  `IF NOT EXISTS ${index} ON ${table} (until) WHERE state <> 'pending'`;

const createIndex = (table: Table): string => `CREATE INDEX ${indexed(table)}`;

/** Waits for running transactions too, but no claim waits behind it. Cannot run in a transaction. */
export const createIndexConcurrently = (table: Table): string =>
  `CREATE INDEX CONCURRENTLY ${indexed(table)}`;

/**
 * The table and the index as SQL, for your own migrations. The package has it as a file too, with the default name:
 * `@mintfax-webhooks/postgres/schema.sql`.
 *
 * @throws {ConfigurationError} for a name that PostgreSQL cannot have
 *
 * @example
 * ```ts
 * writeFileSync("migrations/0042_mintfax_webhooks.sql", postgresSchema({ schema: "app" }));
 * ```
 */
export function postgresSchema(options: TableOptions = {}): string {
  const table = tableFrom(options);
  return `-- Which mintfax webhooks were processed, or are being processed.
-- until: when the lease ends (state pending), or when the row can be deleted (done, released).
-- owner, fence: the newest claim.
${createTable(table)};
${createIndex(table)};
`;
}

/**
 * Asks whether the table and the index exist. Takes no lock that a running transaction could delay. An index that CREATE
 * INDEX CONCURRENTLY is still building counts as existing: waiting for it would hold up all claims.
 */
export function lookup({ table, index }: Table): Statement {
  const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
  return new Statement(`SELECT EXISTS (
      SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE indrelid = to_regclass(${literal(table)})
        AND '"' || replace(relname, '"', '""') || '"' = ${literal(index)}
    )::text AS complete`);
}

/** Behind a lock, even on an empty database: two CREATE ... IF NOT EXISTS at once can fail. */
export function migration(table: Table): Statement[] {
  return [
    // CREATE INDEX waits for every transaction that uses the table, and all claims wait behind it.
    new Statement("SELECT set_config('lock_timeout', '1s', true) AS lock_timeout"),
    // Prisma cannot read the type that a lock returns.
    new Statement(
      "SELECT pg_advisory_xact_lock(hashtextextended('mintfax_webhooks migration', 0)) IS NULL AS locked",
    ),
    new Statement(createTable(table)),
    new Statement(createIndex(table)),
  ];
}
