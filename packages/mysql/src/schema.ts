import { checkOptions } from "@mintfax-webhooks/core/store";
import { type MysqlStoreOptions, STORE, tableFrom } from "./options.ts";

/** Bytes, so that no collation takes two ids for one. Times are microseconds since 1970. */
export function createTable(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
  namespace VARBINARY(1024) NOT NULL,
  id VARBINARY(256) NOT NULL,
  fence BIGINT NOT NULL,
  until BIGINT NOT NULL,
  state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner VARBINARY(512) NOT NULL,
  PRIMARY KEY (namespace, id),
  KEY until (until)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

/**
 * The table as SQL, for your own migrations.
 *
 * @throws {ConfigurationError} for a name that MySQL cannot have
 *
 * @example
 * ```ts
 * writeFileSync("migrations/0042_mintfax_webhooks.sql", mysqlSchema());
 * ```
 */
export function mysqlSchema(options: Pick<MysqlStoreOptions, "table" | "database"> = {}): string {
  checkOptions(options, ["table", "database"], "mysqlSchema");
  return `-- Which mintfax webhooks were processed, or are being processed.
-- until: when the lease ends (state pending), or when the row can be deleted (done, released).
-- owner, fence: the newest claim.
${createTable(tableFrom(options, STORE))};
`;
}
