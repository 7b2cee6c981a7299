import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Row } from "./connection.ts";

/** The columns of the table, and the version of SQLite if it is too old. */
export const LOOK: string = `SELECT
  (SELECT group_concat(name, ' ') FROM pragma_table_info('mintfax_dedup')) AS columns,
  CASE WHEN unixepoch('subsec') IS NULL THEN sqlite_version() END AS outdated`;

const COLUMNS = "namespace id state owner fence lease_until_ms expires_ms";

/**
 * Whether the table exists.
 *
 * @param row that {@link LOOK} has returned
 * @throws {StoreMisconfiguredError} for a table with other columns, or an SQLite that is too old
 */
export function isTableThere(row: Row | undefined): boolean {
  if (typeof row?.outdated === "string") {
    throw new StoreMisconfiguredError(
      `SQLite is ${row.outdated}; expected 3.42 or later. Update the driver, or take better-sqlite3, which brings its own SQLite.`,
    );
  }
  const columns = row?.columns;
  if (columns === null) return false;
  if (columns === COLUMNS) return true;
  throw new StoreMisconfiguredError(
    `The table mintfax_dedup has the columns ${String(columns).slice(0, 200)}; this version of @mintfax-webhooks/sqlite expects ${COLUMNS}. ` +
      "Another version created it, or another application. Install that version, or name another file.",
  );
}
