import { ConfigurationError } from "@mintfax-webhooks/core/store";

/** Where a store or a fax watch keeps its rows. */
export interface TableOptions {
  /**
   * The table's name, at most 57 bytes, with upper and lower case as written. Default `mintfax_webhooks`; of a fax watch,
   * `mintfax_fax_watch`.
   */
  readonly table?: string;
  /** The table's schema, which has to exist. Default: the first schema of the connection's `search_path`. */
  readonly schema?: string;
}

/** Names, quoted for SQL. */
export interface Table {
  readonly table: string;
  readonly index: string;
  /** What makes it, for messages. */
  readonly maker: Maker;
}

/** What a table belongs to. */
export interface Maker {
  readonly table: string;
  readonly migrate: string;
  readonly schema: string;
}

export const STORE: Maker = {
  table: "mintfax_webhooks",
  migrate: "store.migrate()",
  schema: "postgresSchema()",
};

const INDEX_SUFFIX = "_until";
/** PostgreSQL cuts longer names off, so two names could mean one table. */
const NAME_LIMIT_BYTES = 63;

/** @throws {ConfigurationError} for a name that PostgreSQL cannot have or would cut off */
export function tableFrom({ table: given, schema }: TableOptions, maker: Maker): Table {
  const table = given ?? maker.table;
  const name = quoted("table", table, NAME_LIMIT_BYTES - INDEX_SUFFIX.length);
  return {
    table: schema === undefined ? name : `${quoted("schema", schema, NAME_LIMIT_BYTES)}.${name}`,
    index: quoted("table", table + INDEX_SUFFIX, NAME_LIMIT_BYTES),
    maker,
  };
}

function quoted(option: string, name: string, limitBytes: number): string {
  // Braces mark the holes of statements.
  if (name === "" || /[\0{}]/.test(name) || new TextEncoder().encode(name).byteLength > limitBytes) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `${option} is ${JSON.stringify(name)}; expected 1 to ${limitBytes} bytes, without braces or NUL.`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}
