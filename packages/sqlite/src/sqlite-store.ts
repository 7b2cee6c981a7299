import type { Forgetting, LeaseStore } from "@mintfax-webhooks/core";
import {
  type CheckFinding,
  type Claim,
  checkOptions,
  type DedupKey,
  type Holder,
  type Inspection,
  type PendingClaim,
  retentionFrom,
  type Settlement,
  storeTimeoutFrom,
} from "@mintfax-webhooks/core/store";
import { checkSqlite } from "./check/check.ts";
import type { Connection } from "./connection.ts";
import type { LibsqlClient, SynchronousDatabase } from "./drivers/clients.ts";
import { connect } from "./drivers/connect.ts";
import { GroupCommit } from "./group-commit.ts";
import { inspectOperation } from "./inspection.ts";
import {
  claimOperation,
  completeOperation,
  forgetOperation,
  releaseOperation,
  renewOperation,
} from "./operations.ts";
import { pendingClaims } from "./pending.ts";
import { DEDUP } from "./schema.ts";
import { DELETE_EXPIRED } from "./statements.ts";

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
  /** Whether a missing file or table is created. Default true; false for a program that only looks. */
  readonly create?: boolean;
}

/** A lease store in an SQLite database. */
export interface SqliteStore extends LeaseStore {
  /**
   * Lists the claims that are held, or whose lease ran out, the oldest first, at most 10,000. Reads the whole table without a
   * lock, in the time that the option `timeoutMs` gives; with a file, the event loop stands still meanwhile.
   *
   * @param namespace default: all of them
   *
   * @example
   * ```ts
   * for await (const { key, owner } of store.pending()) console.log(key?.id, owner);
   * ```
   */
  pending(namespace?: string): AsyncIterable<PendingClaim>;
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
  checkOptions(options, ["database", "retentionMs", "timeoutMs", "create"], "createSqliteStore");
  const { retentionMs = 30 * DAY_MS, create = true } = options;
  const retention = retentionFrom(retentionMs);
  const timeoutMs = storeTimeoutFrom(options.timeoutMs);
  const { connection, isPrepared } = connect(options.database, { ...DEDUP, isRequired: !create });
  return new DatabaseStore(
    connection,
    new GroupCommit(connection, timeoutMs, isPrepared, DELETE_EXPIRED),
    retention,
    timeoutMs,
  );
}

class DatabaseStore implements SqliteStore {
  readonly kind = "lease";
  readonly #connection: Connection;
  readonly #group: GroupCommit;
  readonly #retentionMs: number;
  readonly #timeoutMs: number;

  constructor(connection: Connection, group: GroupCommit, retentionMs: number, timeoutMs: number) {
    this.#connection = connection;
    this.#group = group;
    this.#retentionMs = retentionMs;
    this.#timeoutMs = timeoutMs;
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

  inspect(key: DedupKey): Promise<Inspection> {
    return this.#group.run(inspectOperation(key));
  }

  pending(namespace?: string): AsyncIterable<PendingClaim> {
    return pendingClaims(this.#connection, this.#timeoutMs, namespace);
  }

  check(): Promise<readonly CheckFinding[]> {
    return checkSqlite(this.#group, DEDUP, this.#connection.isServer);
  }

  close(): void {
    this.#connection.close?.();
  }
}
