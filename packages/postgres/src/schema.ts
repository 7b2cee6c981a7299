import { Statement } from "./statement.ts";
import { type Table, type TableOptions, tableFrom } from "./table.ts";

// COLLATE "C": ids are compared as bytes, so an upgrade of the system's locales cannot spoil the index. The columns are
// in the order that takes the least room.
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

/** Waits for transactions at work too, but no claim waits behind it. Cannot run in a transaction. */
export const createIndexConcurrently = (table: Table): string =>
  `CREATE INDEX CONCURRENTLY ${indexed(table)}`;

/**
 * The table and the index as SQL, for your own migrations. With the default name it is also in the package, as
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
  return `-- Which mintfax webhooks were processed, or are being processed. until: PENDING: when the lease ends; DONE and
-- RELEASED: when the row can be deleted. owner, fence: who made the newest claim.
${createTable(table)};
${createIndex(table)};
`;
}

/**
 * Whether table and index are there. It takes no lock that a transaction at work could hold up. An index that CREATE INDEX
 * CONCURRENTLY is still at work on counts: waiting for it would hold up all claims.
 */
export function lookup({ table, index }: Table): Statement {
  const literal = (name: string): string => `'${name.replaceAll("'", "''")}'`;
  return new Statement(`SELECT EXISTS (
      SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE indrelid = to_regclass(${literal(table)})
        AND '"' || replace(relname, '"', '""') || '"' = ${literal(index)}
    )::text AS complete`);
}

/** One at a time, even on an empty database: CREATE ... IF NOT EXISTS by two at once can fail. */
export function migration(table: Table): Statement[] {
  return [
    // The index waits for every transaction at work on the table, and all claims wait behind it.
    new Statement("SELECT set_config('lock_timeout', '1s', true) AS lock_timeout"),
    // What a lock returns is of a type that Prisma cannot read.
    new Statement(
      "SELECT pg_advisory_xact_lock(hashtextextended('mintfax_webhooks migration', 0)) IS NULL AS locked",
    ),
    new Statement(createTable(table)),
    new Statement(createIndex(table)),
  ];
}
