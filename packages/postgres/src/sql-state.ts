import { MintfaxWebhookError, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Table } from "./table.ts";

/** What means a wrong set-up. */
type Remedied = "42P01" | "3F000" | "42501" | "42703" | "42883" | "3D000" | "28P01" | "28000";

/** The fix for each. */
const REMEDIES: Readonly<Record<Remedied, (table: Table) => string>> = {
  "42P01": ({ table, maker }) =>
    `The table ${table} does not exist in this database. Run \`await ${maker.migrate}\` or the SQL of ${maker.schema}, and compare the options \`table\` and \`schema\` and the connection's search_path with where the table is.`,
  "3F000": ({ table, maker }) =>
    `The schema of ${table} does not exist in this database. Create it, then run \`await ${maker.migrate}\`.`,
  "42501": ({ table, maker }) =>
    `The pool's database role lacks rights on ${table}. GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} to it, and USAGE on the schema; for \`${maker.migrate}\` it needs CREATE on the schema.`,
  "42703": ({ table, maker }) =>
    `The table ${table} lacks a column. Compare it with ${maker.schema}; a table of that name may belong to something else.`,
  "42883": () => "PostgreSQL lacks a function that the store calls. The store needs PostgreSQL 13 or newer.",
  "3D000": () => "The database of the pool does not exist. Check the connection string.",
  "28P01": () => "PostgreSQL refused the password of the pool. Check the connection string.",
  "28000": () =>
    "PostgreSQL refused the role of the pool. Check the connection string, that the role exists and may log in, and pg_hba.conf.",
};

export function remedyFor(sqlState: Remedied, table: Table): string {
  return REMEDIES[sqlState](table);
}

/** An error of a statement of the store, or of the connection for it, with the fix where one is known. */
export function explained(error: unknown, table: Table): unknown {
  if (error instanceof MintfaxWebhookError) return error;
  const sqlState = sqlStateOf(error);
  return sqlState !== undefined && hasRemedy(sqlState)
    ? new StoreMisconfiguredError(`${remedyFor(sqlState, table)} (SQLSTATE ${sqlState})`, { cause: error })
    : error;
}

function hasRemedy(sqlState: string): sqlState is Remedied {
  return Object.hasOwn(REMEDIES, sqlState);
}

/**
 * Errors that can hit any transaction, even one that wrote nothing: connection, resources, operator, system, internal, a lock
 * that was not granted, a server that turned read-only.
 */
const OPERATIONAL = /^(?:08|53|55|57|58|XX|25006)/;

/** Whether the server refused a transaction because of what was written in it. */
export function isRefusal(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  return sqlState !== undefined && !OPERATIONAL.test(sqlState);
}

/** A lock was not granted in time, the statement took too long, or it took more locks than the server has room for. */
const OF_ONE_KEY = ["55P03", "57014", "53200"];

/** Whether a statement for many keys may have failed because of one of them. */
export function mayConcernOneKey(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined || sqlState in REMEDIES) return false;
  return isRefusal(error) || OF_ONE_KEY.includes(sqlState);
}

// Matched by class, since codes of the system (EPIPE) and of Prisma (P2010) have five characters too.
const SQL_STATE = /^(?:[0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;
const DEPTH = 5;

/** Libraries wrap the driver's error: Drizzle as `cause`, Prisma below `meta`. A getter of it may throw. */
export function sqlStateOf(error: unknown, depth: number = DEPTH): string | undefined {
  if (typeof error !== "object" || error === null || depth === 0) return undefined;
  try {
    const { code, originalCode, cause, meta } = error as Readonly<Record<string, unknown>>;
    for (const value of [originalCode, code]) {
      if (typeof value === "string" && SQL_STATE.test(value)) return value;
    }
    const below = (meta as { readonly driverAdapterError?: unknown } | undefined)?.driverAdapterError;
    return sqlStateOf(cause, depth - 1) ?? sqlStateOf(below, depth - 1);
  } catch {
    return undefined;
  }
}
