import {
  ConfigurationError,
  MintfaxWebhookError,
  StoreMisconfiguredError,
  StoreUnavailableError,
} from "@mintfax-webhooks/core/store";

/** Primary result codes of SQLite that the store tells apart. */
const NAMES: Readonly<Record<number, string>> = {
  5: "BUSY",
  6: "LOCKED",
  8: "READONLY",
  11: "CORRUPT",
  13: "FULL",
  14: "CANTOPEN",
  26: "NOTADB",
};

/** What lasts until a person changes something, by result code, and what to change. */
const FIXES_BY_CODE: Readonly<Record<string, string>> = {
  READONLY:
    "The database cannot be written. Let the process's user write the file and its directory, where SQLite keeps two more " +
    "files (-wal and -shm). On a platform whose disk is read-only, take the store of @mintfax-webhooks/redis or /postgres.",
  CANTOPEN:
    "The database file cannot be opened. Let the process's user read and write the file and its directory. On a platform whose disk is " +
    "read-only, take the store of @mintfax-webhooks/redis or /postgres.",
  NOTADB: "The file is not an SQLite database, or it is encrypted. Name another file.",
  CORRUPT:
    "The database file is damaged. Stop all processes that use it, and restore it with its -wal file, or delete both: events that " +
    "mintfax then sends again are processed again.",
};

/** The same, by SQLite's or the driver's words. */
const FIXES_BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /not open|is closed|closed database/i,
    "The database is closed, but the store is still used. Close it after webhooks.drain() has resolved.",
  ],
  [
    /no such column|has no column named/,
    "The table mintfax_dedup has other columns than this version of @mintfax-webhooks/sqlite needs. Install the version that " +
      "created it, or name another file.",
  ],
];

/** @returns the primary result code without `SQLITE_`, however the driver tells it; undefined for an error that is not SQLite's */
export function resultCodeOf(error: unknown): string | undefined {
  try {
    const { code, errcode } = Object(error) as { readonly code?: unknown; readonly errcode?: unknown };
    if (typeof errcode === "number") return NAMES[errcode & 0xff];
    return /^SQLITE_([A-Z]+)/.exec(String(code))?.[1];
  } catch {
    return undefined;
  }
}

/** Whether another connection holds a lock, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  if (error instanceof ConnectionInUseError) return true;
  const code = resultCodeOf(error);
  if (code === "BUSY" || code === "LOCKED") return true;
  // better-sqlite3, while the application iterates over rows on the connection that it gave to the store.
  return code === undefined && /connection is busy executing a query/.test(messageOf(error));
}

/** The application has a transaction open on the connection that it gave to the store. */
export class ConnectionInUseError extends StoreUnavailableError {
  constructor() {
    super(
      "Your application has a transaction open on the connection that it gave to the store. Give the store a connection of its own.",
    );
  }
}

export function inMemory(): ConfigurationError {
  return new ConfigurationError(
    "store_invalid",
    "database is in memory, and forgets all ids when the process ends; expected a file. In tests, take createMemoryStore().",
  );
}

/** Makes an error of a store from what a driver threw. */
export function storeErrorFrom(error: unknown): MintfaxWebhookError {
  if (error instanceof MintfaxWebhookError) return error;
  const said = messageOf(error);
  const code = resultCodeOf(error);
  const fix = FIXES_BY_CODE[code ?? ""] ?? FIXES_BY_WORDS.find(([pattern]) => pattern.test(said))?.[1];
  if (fix !== undefined) return new StoreMisconfiguredError(`${fix} SQLite says: ${said}`, { cause: error });
  if (code === "FULL") {
    return new StoreUnavailableError(`The disk of the database is full. SQLite says: ${said}`, {
      cause: error,
    });
  }
  return new StoreUnavailableError(`The call to SQLite failed: ${said}`, { cause: error });
}

/** @param waitedMs how long the store has tried */
export function lockedError(error: unknown, waitedMs: number): StoreUnavailableError {
  if (error instanceof ConnectionInUseError) return error;
  return new StoreUnavailableError(
    `Another process has held the database's write lock for ${waitedMs} ms. SQLite says: ${messageOf(error)}`,
    { cause: error },
  );
}

export function unanswered(timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`SQLite has not answered within ${timeoutMs} ms.`);
}

/** For an answer that the store's statements cannot give. It does not say "done" or "lost". */
export function unknownAnswer(): StoreUnavailableError {
  return new StoreUnavailableError(
    "SQLite has answered with a row that the store's statements never return.",
  );
}

const MESSAGE_LIMIT = 300;

/** A driver may throw any value, and a getter of it may throw. */
export function messageOf(error: unknown): string {
  try {
    const said = String((error as { readonly message?: unknown } | null | undefined)?.message ?? error);
    return said.slice(0, MESSAGE_LIMIT);
  } catch {
    return "an error without a readable message";
  }
}
