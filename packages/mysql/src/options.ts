import {
  ConfigurationError,
  checkOptions,
  functionFrom,
  retentionFrom,
  storeTimeoutFrom,
} from "@mintfax-webhooks/core/store";
import type { MadeTable } from "./errors.ts";
import type { MysqlPool } from "./pool.ts";

const DAY_MS = 86_400_000;

/** Options that both kinds of store have. */
export interface MysqlStoreOptions {
  /** A pool of `mysql2/promise`. */
  readonly pool: MysqlPool;
  /** The table's name, at most 64 characters. Default `mintfax_webhooks`; of a fax watch, `mintfax_fax_watch`. */
  readonly table?: string;
  /** The database of the table, which has to exist. Default: the connection's. */
  readonly database?: string;
  /**
   * How long the store remembers a finished id, in milliseconds, from one hour to ten years. Default 30 days. mintfax's own
   * retries end after 19 minutes, but a person can retry an event at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call of the store may take, in milliseconds, at most 5,000. Default 2,000. The wait for a free connection
   * counts, and the time that a handler takes in its transaction does not.
   */
  readonly timeoutMs?: number;
}

/** Options with every default filled in and every bound checked. */
export interface Settings<Pool extends MysqlPool = MysqlPool> extends MadeTable {
  readonly pool: Pool;
  readonly retentionMs: number;
  readonly timeoutMs: number;
}

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom<Pool extends MysqlPool>(
  options: MysqlStoreOptions & { readonly pool: Pool },
  of: string,
  maker: Maker = STORE,
  more: readonly string[] = [],
): Settings<Pool> {
  checkOptions(options, ["pool", "table", "database", "retentionMs", "timeoutMs", ...more], of);
  const { pool, retentionMs = 30 * DAY_MS, timeoutMs } = options;
  requirePromises(functionFrom("pool.getConnection", pool?.getConnection), pool);
  return {
    pool,
    ...maker,
    table: tableFrom(options, maker),
    retentionMs: retentionFrom(retentionMs),
    timeoutMs: storeTimeoutFrom(timeoutMs),
  };
}

/** A pool that is given no callback ends the process when it calls it. */
function requirePromises(getConnection: MysqlPool["getConnection"], pool: MysqlPool): void {
  const takesCallback = getConnection.length === 1;
  if (!takesCallback && typeof (pool as { readonly promise?: unknown }).promise !== "function") return;
  throw new ConfigurationError(
    "option_invalid",
    "pool is one with callbacks; expected one of mysql2/promise. Of a pool of mysql2, pass pool.promise(); of a pool cluster and of the " +
      "package mysql, make one with createPool or createPoolCluster of mysql2/promise.",
  );
}

/** What a table belongs to, with the table's default name, not quoted. */
export type Maker = MadeTable;

export const STORE: Maker = {
  table: "mintfax_webhooks",
  migrate: "store.migrate()",
  schema: "mysqlSchema()",
};

/** @returns the table's name, quoted */
export function tableFrom(
  { table, database }: Pick<MysqlStoreOptions, "table" | "database">,
  maker: Maker,
): string {
  const name = quoted("table", table ?? maker.table);
  return database === undefined ? name : `${quoted("database", database)}.${name}`;
}

const NAME_LIMIT = 64;

function quoted(option: string, name: string): string {
  // mysql2 takes these for holes, or MySQL refuses them.
  if (
    typeof name !== "string" ||
    name.length < 1 ||
    name.length > NAME_LIMIT ||
    !/^[^\0?:/\\]*[^\0?:/\\ ]$/.test(name)
  ) {
    throw new ConfigurationError(
      "option_out_of_bounds",
      `${option} is ${JSON.stringify(name)}; expected 1 to ${NAME_LIMIT} characters without NUL, "?", ":", "/" or "\\", the last one not a space.`,
    );
  }
  return `\`${name.replaceAll("`", "``")}\``;
}
