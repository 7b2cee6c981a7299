import {
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";

/** A table, and what makes it, for messages. */
export interface MadeTable {
  /** Quoted for SQL. */
  readonly table: string;
  /** The call that creates it. */
  readonly migrate: string;
  /** The function that has its SQL. */
  readonly schema: string;
}

/** The fix for each error number of MySQL that means a wrong set-up. */
const REMEDIES = {
  1044: ({ table, migrate }: MadeTable) =>
    `The pool's user may not use the database of ${table}. GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} to it; for ${migrate} also CREATE.`,
  1045: () =>
    "MySQL refused the user or the password of the pool. Check the pool's options, and from which hosts the user may connect.",
  1046: ({ table }: MadeTable) =>
    `The connection has no database, so ${table} is nowhere. Name one in the pool's options, or in the option \`database\`.`,
  1049: () => "The database of the pool does not exist. Check the pool's options.",
  1054: ({ table, schema }: MadeTable) =>
    `The table ${table} lacks a column. Compare it with ${schema}; a table of that name may belong to something else.`,
  1142: ({ table, migrate }: MadeTable) =>
    `The pool's user lacks rights on ${table}. GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} to it; for ${migrate} also CREATE.`,
  1146: ({ table, migrate, schema }: MadeTable) =>
    `The table ${table} does not exist. Run \`await ${migrate}\` or the SQL of ${schema}, and compare the options \`table\` and \`database\` with where the table is.`,
  1665: () =>
    "binlog_format is STATEMENT, with which MySQL refuses to write at READ COMMITTED. Set binlog_format = ROW, or MIXED.",
} satisfies Readonly<Record<number, (of: MadeTable) => string>>;

/** The server takes no writes: read_only, super_read_only, innodb_read_only, a transaction that is READ ONLY. */
const READ_ONLY: ReadonlySet<number | undefined> = new Set([1290, 1792, 1836, 1874]);
const DEADLOCK = 1213;
const IN_TRANSACTION = 1568;
const UNKNOWN_SESSION = 1094;

export function remedyFor(number: 1054 | 1142, of: MadeTable): string {
  return REMEDIES[number](of);
}

/** An error of a statement of the store, or of the connection for it, with the fix where one is known. */
export function explained(error: unknown, of: MadeTable): unknown {
  if (error instanceof MintfaxWebhookError) return error;
  const number = errorNumberOf(error);
  if (number === undefined) return error;
  const remedy = (REMEDIES as Readonly<Record<number, ((of: MadeTable) => string) | undefined>>)[number]?.(
    of,
  );
  if (remedy !== undefined)
    return new StoreMisconfiguredError(`${remedy} (MySQL's error ${number})`, { cause: error });
  if (!isReadOnly(error)) return error;
  return new StoreUnavailableError(
    `The connection leads to a server that is read-only, as a replica is, and an old primary after a failover. The store closes the connection. (MySQL's error ${number})`,
    { cause: error },
  );
}

/** The server, or the transaction, takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return READ_ONLY.has(errorNumberOf(error));
}

/** MySQL has rolled the whole transaction back: it may be tried again. */
export function isDeadlock(error: unknown): boolean {
  return errorNumberOf(error) === DEADLOCK;
}

const OUT_OF_RANGE = 1690;
/** A lock was not granted, a deadlock was ended, a value does not fit, or the statement took too long. */
const OF_ONE_KEY: ReadonlySet<number | undefined> = new Set([
  1205,
  DEADLOCK,
  1317,
  1406,
  OUT_OF_RANGE,
  1969,
  3024,
]);

/** One of the calls of a statement for many does not get what it asks for. */
export function isOutOfRange(error: unknown): boolean {
  return errorNumberOf(error) === OUT_OF_RANGE;
}

/** Whether a statement for many keys may have failed because of one of them. */
export function mayConcernOneKey(error: unknown): boolean {
  return OF_ONE_KEY.has(errorNumberOf(error));
}

/** The answer to SET TRANSACTION inside a transaction. */
export function isInTransaction(error: unknown): boolean {
  return errorNumberOf(error) === IN_TRANSACTION;
}

/** The answer to KILL of a session that does not exist. */
export function isUnknownSession(error: unknown): boolean {
  return errorNumberOf(error) === UNKNOWN_SESSION;
}

/** A getter of a foreign error may throw. */
export function errorNumberOf(error: unknown): number | undefined {
  try {
    const { errno } = Object(error) as { readonly errno?: unknown };
    return typeof errno === "number" && errno > 0 ? errno : undefined;
  } catch {
    return undefined;
  }
}
