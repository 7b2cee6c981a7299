import {
  checkOptions,
  type FaxWatch,
  type FaxWatchDatabase,
  type FaxWatchStatus,
  faxWatchOn,
  namespaceFrom,
  type OutstandingFax,
  retentionFrom,
  StoreMisconfiguredError,
  storeTimeoutFrom,
} from "@mintfax-webhooks/core/store";
import type { Row } from "../connection.ts";
import { connect } from "../drivers/connect.ts";
import { unknownAnswer } from "../errors.ts";
import { GroupCommit } from "../group-commit.ts";
import type { SqliteStoreOptions } from "../sqlite-store.ts";
import { DELETE_EXPIRED, END, EXPECT, FAX_WATCH, PAGE, STATUS } from "./statements.ts";

const DAY_MS = 86_400_000;
/** Before every time that a `Date` can have. */
const FIRST_MS = -9e15;

/** Options of {@link createFaxWatch}. */
export interface SqliteFaxWatchOptions extends SqliteStoreOptions {
  /**
   * Keeps apart the faxes of tenants or environments that share the file: make one watch for each. 1 to 256 characters, default
   * `mintfax`. It need not be the namespace of the receiver.
   */
  readonly namespace?: string;
}

/** A fax watch in an SQLite database. Its calls take no `tx`. */
export interface SqliteFaxWatch extends FaxWatch {
  /** Closes the file that the watch has opened. A database that you have passed stays open. */
  close(): void;
}

/**
 * Knows which faxes still owe their final event, in a file, for all processes of one machine. It creates its table,
 * `mintfax_fax_watch`, and deletes what is past its retention, by itself. The file may be the store's.
 *
 * @param database the path of a file, or options
 * @throws {ConfigurationError} for an option that cannot work, and for a database in memory
 * @throws {StoreMisconfiguredError} where there is no driver, or the file cannot be used. The message says what to change.
 *
 * @example
 * ```ts
 * const watch = createFaxWatch("webhooks.db");
 * await watch.expect(fax.id); // where you send it
 * const webhooks = mintfaxWebhooks({ store: createSqliteStore("webhooks.db") }).on("fax.*", watch.settle);
 * ```
 */
export function createFaxWatch(database: string | SqliteFaxWatchOptions): SqliteFaxWatch {
  const options = typeof database === "string" ? { database } : database;
  checkOptions(options, ["database", "retentionMs", "timeoutMs", "create", "namespace"], "createFaxWatch");
  const { retentionMs = 30 * DAY_MS, create = true } = options;
  const settings = { namespace: namespaceFrom(options.namespace), retentionMs: retentionFrom(retentionMs) };
  const timeoutMs = storeTimeoutFrom(options.timeoutMs);
  const { connection, isPrepared } = connect(options.database, { ...FAX_WATCH, isRequired: !create });
  const group = new GroupCommit(connection, timeoutMs, isPrepared, DELETE_EXPIRED);
  return {
    ...faxWatchOn(new SqliteFaxWatchDatabase(group, settings)),
    close: () => connection.close?.(),
  };
}

class SqliteFaxWatchDatabase implements FaxWatchDatabase {
  readonly namespace: string;
  readonly #group: GroupCommit;
  readonly #retentionMs: number;

  constructor(group: GroupCommit, { namespace, retentionMs }: { namespace: string; retentionMs: number }) {
    this.#group = group;
    this.namespace = namespace;
    this.#retentionMs = retentionMs;
  }

  async expect(id: string, by: Date, tx: unknown): Promise<void> {
    await this.#run(EXPECT, [id, by.getTime()], tx);
  }

  async end(id: string, state: "settled" | "dismissed", tx: unknown): Promise<void> {
    await this.#run(END, [id, state, this.#retentionMs], tx);
  }

  async page(
    limit: number,
    olderThan: Date | undefined,
    after: OutstandingFax | undefined,
  ): Promise<readonly OutstandingFax[]> {
    const values = [olderThan?.getTime() ?? "", after?.by.getTime() ?? FIRST_MS, after?.id ?? "", limit];
    const rows = await this.#run(PAGE, values);
    return rows.map(({ id, since_ms, until_ms }) => ({
      id: String(id),
      since: new Date(numberFrom(since_ms)),
      by: new Date(numberFrom(until_ms)),
    }));
  }

  async status(): Promise<FaxWatchStatus> {
    const [row] = await this.#run(STATUS, []);
    return {
      expected: numberFrom(row?.expected),
      owed: numberFrom(row?.owed),
      oldestOwedSeconds: numberFrom(row?.oldest_ms) / 1000,
      sinceLastEventSeconds: row?.last_ms === null ? undefined : Math.max(0, numberFrom(row?.last_ms)) / 1000,
    };
  }

  async #run(sql: string, values: readonly (string | number)[], tx?: unknown): Promise<readonly Row[]> {
    if (tx !== undefined) throw transactionGiven();
    return this.#group.run({
      calls: [{ sql, values: [this.namespace, ...values] }],
      read: ([rows]) => rows ?? [],
    });
  }
}

/** A driver may be set to return integers as bigint, or as text. May be before 1970. */
function numberFrom(value: unknown): number {
  const isTold = typeof value === "bigint" || (typeof value === "string" && /^-?\d+$/.test(value));
  const number = isTold ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return number;
  throw unknownAnswer();
}

function transactionGiven(): StoreMisconfiguredError {
  return new StoreMisconfiguredError(
    "The fax watch in SQLite takes no transaction as `tx`. Take the fax watch of the package that the receiver's store is from.",
  );
}
