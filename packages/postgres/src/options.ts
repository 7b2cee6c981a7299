import { checkOptions, functionFrom, retentionFrom, storeTimeoutFrom } from "@mintfax-webhooks/core/store";
import type { PostgresPool } from "./pool.ts";
import { type Maker, type Table, type TableOptions, tableFrom } from "./table.ts";

const DAY_MS = 86_400_000;

/** Options that both kinds of store have. */
export interface PostgresStoreOptions extends TableOptions {
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
export interface Settings {
  readonly table: Table;
  /** As text, which statements take. */
  readonly retentionMs: string;
  readonly timeoutMs: number;
}

const COMMON = ["table", "schema", "retentionMs", "timeoutMs"];

/**
 * @param others the options that only this kind of store has
 * @param of the function whose options they are
 * @param maker what the table belongs to
 * @throws {ConfigurationError} for an option that cannot work
 */
export function settingsFrom(
  options: PostgresStoreOptions,
  others: readonly string[],
  of: string,
  maker: Maker,
): Settings {
  checkOptions(options, [...others, ...COMMON], of);
  const { retentionMs = 30 * DAY_MS, timeoutMs } = options;
  return {
    table: tableFrom(options, maker),
    retentionMs: String(retentionFrom(retentionMs)),
    timeoutMs: storeTimeoutFrom(timeoutMs),
  };
}

/** @throws {ConfigurationError} for a value that is not a pool */
export function poolFrom<Pool extends PostgresPool>(option: string, pool: Pool): Pool {
  functionFrom(`${option}.connect`, pool?.connect);
  return pool;
}
