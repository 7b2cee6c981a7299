import { checkOptions } from "@mintfax-webhooks/core/store";
import { type Maker, type MysqlStoreOptions, tableFrom } from "../options.ts";
import { UPKEPT } from "./statements.ts";

export const FAX_WATCH: Maker = {
  table: "mintfax_fax_watch",
  migrate: "watch.migrate()",
  schema: "faxWatchSchema()",
};

/**
 * The table of a fax watch as SQL, for your own migrations.
 *
 * @throws {ConfigurationError} for a name that MySQL cannot have
 *
 * @example
 * ```ts
 * writeFileSync("migrations/0043_mintfax_fax_watch.sql", faxWatchSchema());
 * ```
 */
export function faxWatchSchema(options: Pick<MysqlStoreOptions, "table" | "database"> = {}): string {
  checkOptions(options, ["table", "database"], "faxWatchSchema");
  return `-- Which faxes still owe their final event.
-- until: when the event is due (state expected), or when the row can be deleted (settled, dismissed).
${UPKEPT.createTable(tableFrom(options, FAX_WATCH))};
`;
}
