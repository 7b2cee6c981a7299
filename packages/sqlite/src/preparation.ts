import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Row } from "./connection.ts";
import type { Schema } from "./schema.ts";

/**
 * Each commit is flushed to the disk before it counts. Said even where it seems to be so: builds of SQLite, such as better-sqlite3's, fall back
 * to NORMAL once the journal is a write-ahead log, unless a level was set.
 */
export const FLUSH_ALWAYS: string = "PRAGMA synchronous = FULL";

/** Asks for the columns of the table, and for the version of SQLite if it is too old. */
export function lookFor({ table }: Schema): string {
  return `SELECT
  (SELECT group_concat(name, ' ') FROM pragma_table_info('${table}')) AS columns,
  CASE WHEN unixepoch('subsec') IS NULL THEN sqlite_version() END AS outdated`;
}

/** @throws {StoreMisconfiguredError} for a table that is missing and is not to be created */
export function refuseIfRequired({ table, isRequired }: Schema): void {
  if (!isRequired) return;
  throw new StoreMisconfiguredError(
    `There is no table ${table} in this database. It is not created (create: false). Compare the file with the one that your receiver opens.`,
  );
}

/**
 * Whether the table exists.
 *
 * @param row that {@link lookFor} has asked for
 * @throws {StoreMisconfiguredError} for a table with other columns, or an SQLite that is too old
 */
export function isTableThere({ table, columns }: Schema, row: Row | undefined): boolean {
  if (typeof row?.outdated === "string") {
    throw new StoreMisconfiguredError(
      `SQLite is ${row.outdated}; expected 3.42 or later. Update the driver, or take better-sqlite3, which brings its own SQLite.`,
    );
  }
  const found = row?.columns;
  if (found === null) return false;
  if (found === columns) return true;
  throw new StoreMisconfiguredError(
    `The table ${table} has the columns ${String(found).slice(0, 200)}; this version of @mintfax-webhooks/sqlite expects ${columns}. ` +
      "Another version created it, or another application. Install that version, or name another file.",
  );
}
