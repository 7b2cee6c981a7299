import { Statement } from "./statement.ts";
import { STORE, type Table, type TableOptions, tableFrom } from "./table.ts";

/** A table and its index, as SQL. */
export interface Schema {
  readonly table: Table;
  readonly createTable: string;
  /** What follows `CREATE INDEX`. */
  readonly index: string;
}

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

/** Of a store's table. */
export const schemaOf = (table: Table): Schema => ({
  table,
  createTable: createTable(table),
  index: `IF NOT EXISTS ${table.index} ON ${table.table} (until) WHERE state <> 'pending'`,
});

/** Waits for running transactions too, but no claim waits behind it. Cannot run in a transaction. */
export const createIndexConcurrently = ({ index }: Schema): string => `CREATE INDEX CONCURRENTLY ${index}`;

/** The statements of a schema. */
export const sqlOf = ({ createTable, index }: Schema): string => `${createTable};\nCREATE INDEX ${index};\n`;

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
  const schema = schemaOf(tableFrom(options, STORE));
  return `-- Which mintfax webhooks were processed, or are being processed.
-- until: when the lease ends (state pending), or when the row can be deleted (done, released).
-- owner, fence: the newest claim.
${sqlOf(schema)}`;
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
export function migration({ createTable, index }: Schema): Statement[] {
  return [
    // CREATE INDEX waits for every transaction that uses the table, and all claims wait behind it.
    new Statement("SELECT set_config('lock_timeout', '1s', true) AS lock_timeout"),
    // Prisma cannot read the type that a lock returns.
    new Statement(
      "SELECT pg_advisory_xact_lock(hashtextextended('mintfax_webhooks migration', 0)) IS NULL AS locked",
    ),
    new Statement(createTable),
    new Statement(`CREATE INDEX ${index}`),
  ];
}
