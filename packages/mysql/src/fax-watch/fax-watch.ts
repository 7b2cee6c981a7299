import {
  type FaxWatch,
  type FaxWatchDatabase,
  type FaxWatchStatus,
  faxWatchOn,
  MintfaxWebhookError,
  namespaceFrom,
  type OutstandingFax,
  StoreUnavailableError,
  TimeLimit,
} from "@mintfax-webhooks/core/store";
import { rowsOf, unexpected, write } from "../answers.ts";
import { explained } from "../errors.ts";
import { requireFresh } from "../fresh.ts";
import { textFrom } from "../inspect.ts";
import { type MysqlStoreOptions, type Settings, settingsFrom } from "../options.ts";
import { type MysqlConnection, withConnection } from "../pool.ts";
import { type MysqlUpkeep, upkeepOf } from "../upkeep.ts";
import { writeAlone } from "../write-alone.ts";
import { FAX_WATCH } from "./schema.ts";
import { deleteExpected, end, expect, lockExpected, type Place, page, status, UPKEPT } from "./statements.ts";
import { connectionFrom } from "./transaction.ts";

/** Options of {@link createFaxWatch}. */
export interface FaxWatchOptions extends MysqlStoreOptions {
  /**
   * Keeps apart the faxes of tenants or environments that share the table: make one watch for each. 1 to 256 characters,
   * default `mintfax`. It need not be the namespace of the receiver.
   */
  readonly namespace?: string;
}

/** A fax watch in MySQL. */
export interface MysqlFaxWatch extends FaxWatch, MysqlUpkeep {}

/**
 * Knows which faxes still owe their final event, in a table of MySQL (8.0 or newer) or MariaDB (10.6 or newer), for any number
 * of processes. Its calls take a handler's `tx`, or a connection of `mysql2/promise` on which you have begun a transaction.
 *
 * @throws {ConfigurationError} for an option out of bounds
 *
 * @example
 * ```ts
 * const watch = createFaxWatch({ pool });
 * await watch.migrate();
 * await watch.expect(fax.id); // where you send it
 * const webhooks = mintfaxWebhooks({ store }).on("fax.*", watch.settle);
 * const { owed } = await watch.status();
 * ```
 */
export function createFaxWatch(options: FaxWatchOptions): MysqlFaxWatch {
  const settings = settingsFrom(options, "createFaxWatch", FAX_WATCH, ["namespace"]);
  const database = new MysqlFaxWatchDatabase(settings, namespaceFrom(options.namespace));
  return { ...faxWatchOn(database), ...upkeepOf(settings, UPKEPT) };
}

/** Runs a statement without rows: as a transaction of its own, or in the caller's. */
type Write = (sql: string) => Promise<unknown>;

class MysqlFaxWatchDatabase implements FaxWatchDatabase {
  readonly namespace: string;
  readonly #settings: Settings;
  readonly #place: Place;

  constructor(settings: Settings, namespace: string) {
    this.#settings = settings;
    this.namespace = namespace;
    this.#place = { table: settings.table, namespace };
  }

  async expect(id: string, by: Date, tx: unknown): Promise<void> {
    await this.#run(tx, (_, write) => write(expect(this.#place, id, by)));
  }

  async end(id: string, state: "settled" | "dismissed", tx: unknown): Promise<void> {
    const { retentionMs } = this.#settings;
    await this.#run(tx, async (connection, write) => {
      await write(end(this.#place, id, state, retentionMs));
      const expected = await rowsOf(connection, lockExpected(this.#place, id));
      if (expected.length > 0) await write(deleteExpected(this.#place, id));
    });
  }

  async page(
    limit: number,
    olderThan: Date | undefined,
    after: OutstandingFax | undefined,
  ): Promise<readonly OutstandingFax[]> {
    const rows = await this.#read(page(this.#place, limit, olderThan, after));
    return rows.map(({ id, since_ms, until_ms }) => ({
      id: textFrom(id),
      since: new Date(numberFrom(since_ms)),
      by: new Date(numberFrom(until_ms)),
    }));
  }

  async status(): Promise<FaxWatchStatus> {
    const [row] = await this.#read(status(this.#place));
    return {
      expected: numberFrom(row?.expected),
      owed: numberFrom(row?.owed),
      oldestOwedSeconds: numberFrom(row?.oldest_ms) / 1_000,
      sinceLastEventSeconds:
        row?.last_ms === null ? undefined : Math.max(0, numberFrom(row?.last_ms)) / 1_000,
    };
  }

  #read(sql: string): ReturnType<typeof rowsOf> {
    return this.#run(undefined, (connection) => rowsOf(connection, sql));
  }

  async #run<T>(
    tx: unknown,
    use: (connection: Pick<MysqlConnection, "query">, write: Write) => Promise<T>,
  ): Promise<T> {
    const { pool, timeoutMs } = this.#settings;
    const limit = new TimeLimit(timeoutMs, "MySQL");
    const alone = (): Promise<T> =>
      withConnection(pool, limit, async (connection) => {
        await requireFresh(connection);
        return use(connection, (sql) => writeAlone(connection, sql));
      });
    const within = async (): Promise<T> => {
      const connection = connectionFrom(tx);
      return use(connection, (sql) => write(connection, sql));
    };
    try {
      return await limit.over(tx === undefined ? alone() : within());
    } catch (error) {
      throw failure(error, this.#settings);
    }
  }
}

/** The fix where one is known, otherwise MySQL's own words as the cause. */
function failure(error: unknown, settings: Settings): unknown {
  const known = explained(error, settings);
  if (known instanceof MintfaxWebhookError) return known;
  return new StoreUnavailableError("The fax watch could not run its statement in MySQL; see the cause.", {
    cause: error,
  });
}

/** May be before 1970. */
function numberFrom(value: unknown): number {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw unexpected();
}
