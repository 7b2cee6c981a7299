import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type Claim,
  ConfigurationError,
  checkOptions,
  type DedupKey,
  type Holder,
  retentionFrom,
  type Settlement,
  storeTimeoutFrom,
} from "@mintfax-webhooks/core/store";
import type { Connection } from "./connection.ts";
import { checkedPath } from "./database-file.ts";
import type { LibsqlClient, SynchronousDatabase } from "./drivers/clients.ts";
import { findDriver } from "./drivers/find.ts";
import { LibsqlConnection } from "./drivers/libsql.ts";
import { GivenDatabase, OwnFile } from "./drivers/on-disk.ts";
import { isBusy, storeErrorFrom } from "./errors.ts";
import { GroupCommit } from "./group-commit.ts";
import {
  claimOperation,
  completeOperation,
  forgetOperation,
  releaseOperation,
  renewOperation,
} from "./operations.ts";

const DAY_MS = 86_400_000;

/** Options of {@link createSqliteStore}. */
export interface SqliteStoreOptions {
  /**
   * The path of a file, which is created where it is missing. Or an open database of `better-sqlite3`, `node:sqlite` or
   * `bun:sqlite`, or a client of `@libsql/client`. It stays yours, and has to have a connection of its own: not one on which
   * your application opens transactions.
   */
  readonly database: string | SynchronousDatabase | LibsqlClient;
  /**
   * How long the store remembers a finished id, in milliseconds, from one hour to ten years. Default 30 days. mintfax's own
   * retries end after 19 minutes, but a person can retry an event at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call may wait for another process's lock or for a server, in milliseconds, at most 5,000. Default 2,000. After
   * that the delivery is answered with 503, and mintfax sends it again.
   */
  readonly timeoutMs?: number;
}

/** A lease store in an SQLite database. */
export interface SqliteStore extends LeaseStore {
  /**
   * Closes the file that the store has opened. Call it once `drain()` of the receiver has resolved: calls that come later
   * reject. A database that you have passed stays open.
   */
  close(): void;
}

/**
 * A dedup store in a file, for all processes of one machine and across their restarts. It creates its table,
 * `mintfax_dedup`, and deletes what is past its retention, by itself.
 *
 * What is asked for in one turn of the event loop is committed together, with one flush of the disk.
 *
 * @param database the path of a file, or options
 * @throws {ConfigurationError} for an option that cannot work, and for a database in memory
 * @throws {StoreMisconfiguredError} where there is no driver, the directory is missing or on a network file system, or the file
 *   cannot be written or is not a database. The message says what to change.
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ store: createSqliteStore("webhooks.db") });
 * ```
 */
export function createSqliteStore(database: string | SqliteStoreOptions): SqliteStore {
  const options = typeof database === "string" ? { database } : database;
  checkOptions(options, ["database", "retentionMs", "timeoutMs"], "createSqliteStore");
  const { retentionMs = 30 * DAY_MS } = options;
  const retention = retentionFrom(retentionMs);
  const timeoutMs = storeTimeoutFrom(options.timeoutMs);
  try {
    const connection = connect(options.database);
    const group = new GroupCommit(connection, timeoutMs, isPrepared(connection));
    return new DatabaseStore(connection, group, retention);
  } catch (error) {
    throw error instanceof ConfigurationError ? error : storeErrorFrom(error);
  }
}

function connect(database: SqliteStoreOptions["database"]): Connection {
  if (typeof database === "string") return new OwnFile(checkedPath(database), findDriver());
  if (isLibsql(database)) return new LibsqlConnection(database);
  if (isSynchronous(database)) return new GivenDatabase(database);
  throw new ConfigurationError(
    "store_invalid",
    `database is ${database === null ? "null" : `a value of type ${typeof database}`}; expected the path of a file, a database of better-sqlite3, ` +
      "node:sqlite or bun:sqlite, or a client of @libsql/client.",
  );
}

/** So that a set-up that cannot work is known at the start. A lock of another process is waited for later. */
function isPrepared(connection: Connection): boolean {
  if (connection.answersLater) return false;
  try {
    connection.prepare();
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

function isLibsql(database: object): database is LibsqlClient {
  const { batch, execute } = database as Partial<LibsqlClient>;
  return typeof batch === "function" && typeof execute === "function";
}

function isSynchronous(database: object): database is SynchronousDatabase {
  const { prepare, exec } = database as Partial<SynchronousDatabase>;
  return typeof prepare === "function" && typeof exec === "function";
}

class DatabaseStore implements SqliteStore {
  readonly kind = "lease";
  readonly #connection: Connection;
  readonly #group: GroupCommit;
  readonly #retentionMs: number;

  constructor(connection: Connection, group: GroupCommit, retentionMs: number) {
    this.#connection = connection;
    this.#group = group;
    this.#retentionMs = retentionMs;
  }

  claim(key: DedupKey, owner: string, leaseMs: number): Promise<Claim> {
    return this.#group.run(claimOperation(key, owner, leaseMs, this.#retentionMs));
  }

  renew(key: DedupKey, holder: Holder, leaseMs: number): Promise<Settlement> {
    return this.#group.run(renewOperation(key, holder, leaseMs, this.#retentionMs));
  }

  complete(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#group.run(completeOperation(key, holder, this.#retentionMs));
  }

  release(key: DedupKey, holder: Holder): Promise<Settlement> {
    return this.#group.run(releaseOperation(key, holder, this.#retentionMs));
  }

  forget(key: DedupKey): Promise<Forgetting> {
    return this.#group.run(forgetOperation(key, this.#retentionMs));
  }

  close(): void {
    this.#connection.close?.();
  }
}
