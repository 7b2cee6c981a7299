import { type Schema, sqlOf } from "../schema.ts";
import { type Maker, type Table, type TableOptions, tableFrom } from "../table.ts";

export const FAX_WATCH: Maker = {
  table: "mintfax_fax_watch",
  migrate: "watch.migrate()",
  schema: "faxWatchSchema()",
};

// A fax may have a row of each state, so that expecting it and settling it, each in a transaction that takes its time, do not
// wait for each other.
export const faxWatchSchemaOf = (table: Table): Schema => ({
  table,
  createTable: `CREATE TABLE IF NOT EXISTS ${table.table} (
  since timestamptz NOT NULL,
  until timestamptz NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL CHECK (state IN ('expected', 'settled', 'dismissed')),
  PRIMARY KEY (namespace, id, state)
)`,
  index: `IF NOT EXISTS ${table.index} ON ${table.table} (state, until)`,
});

/**
 * The table and the index of a fax watch as SQL, for your own migrations.
 *
 * @throws {ConfigurationError} for a name that PostgreSQL cannot have
 *
 * @example
 * ```ts
 * writeFileSync("migrations/0043_mintfax_fax_watch.sql", faxWatchSchema({ schema: "app" }));
 * ```
 */
export function faxWatchSchema(options: TableOptions = {}): string {
  return `-- Which faxes still owe their final event.
-- until: when the event is due (state expected), or when the row can be deleted (settled, dismissed).
${sqlOf(faxWatchSchemaOf(tableFrom(options, FAX_WATCH)))}`;
}
