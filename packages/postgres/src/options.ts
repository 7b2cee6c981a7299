import { checkOptions, functionFrom, retentionFrom, storeTimeoutFrom } from "@mintfax-webhooks/core/store";
import type { PostgresPool } from "./pool.ts";
import { type Table, type TableOptions, tableFrom } from "./table.ts";

const DAY_MS = 86_400_000;

/** Options that both kinds of store have. */
export interface PostgresStoreOptions extends TableOptions {
  /**
   * How long a finished id is remembered, in milliseconds. Default 30 days, at least an hour, at most ten years: mintfax's own retries span
   * some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long PostgreSQL is waited for, in milliseconds: the wait for a free connection and every statement of a call
   * together. Default 2,000, at most 5,000. In a transaction, what your handler takes does not count.
   */
  readonly timeoutMs?: number;
}

/** Options with every default filled in and every bound checked. */
export interface Settings {
  readonly table: Table;
  /** As statements take it. */
  readonly retentionMs: string;
  readonly timeoutMs: number;
}

const COMMON = ["table", "schema", "retentionMs", "timeoutMs"];

/**
 * @param others the options that only this kind of store has
 * @param of the function whose options they are
 * @throws {ConfigurationError} for an option that cannot work
 */
export function settingsFrom(options: PostgresStoreOptions, others: readonly string[], of: string): Settings {
  checkOptions(options, [...others, ...COMMON], of);
  const { retentionMs = 30 * DAY_MS, timeoutMs } = options;
  return {
    table: tableFrom(options),
    retentionMs: String(retentionFrom(retentionMs)),
    timeoutMs: storeTimeoutFrom(timeoutMs),
  };
}

/** @throws {ConfigurationError} for what is not a pool */
export function poolFrom<Pool extends PostgresPool>(option: string, pool: Pool): Pool {
  functionFrom(`${option}.connect`, pool?.connect);
  return pool;
}
