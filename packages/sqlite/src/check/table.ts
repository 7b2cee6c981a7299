import { type CheckFinding, failedCheck, passedCheck } from "@mintfax-webhooks/core/store";
import type { Row } from "../connection.ts";
import type { Schema } from "../schema.ts";

/** Columns of a SELECT that say what is there of a table, and the database's clock. For SQLite and for D1. */
export function tableColumns({ table, statements }: Schema): string {
  const index = /INDEX IF NOT EXISTS (\w+)/.exec(statements.join())?.[1];
  return `(SELECT group_concat(name, ' ') FROM pragma_table_info('${table}')) AS columns,
  EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = '${index}') AS has_index,
  CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now_ms`;
}

/**
 * What {@link tableColumns} have found.
 *
 * @param code of the finding
 * @param fix for a table that is missing or another one
 */
export function tableFinding(code: string, row: Row, schema: Schema, fix: string): CheckFinding {
  const about = { code, level: "error" } as const;
  const { table } = schema;
  const { columns } = row;
  if (columns !== schema.columns) {
    const message =
      columns === null || columns === undefined
        ? `There is no table ${table}.`
        : `The table ${table} has the columns ${String(columns).slice(0, 200)}; expected ${schema.columns}.`;
    return failedCheck(about, message, fix);
  }
  if (Number(row.has_index) === 1) return passedCheck(about, `The table ${table} is as the store makes it.`);
  const message = `The table ${table} has lost its index, so the deletion of old ids reads all of them.`;
  return failedCheck({ ...about, level: "warning" }, message, `Run ${schema.statements.at(-1)}.`);
}
