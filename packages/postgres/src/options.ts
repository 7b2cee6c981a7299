import { type Table, type TableOptions, tableFrom } from "./table.ts";

const HOUR_MS = 3_600_000;
/** The engine takes a store that has not answered by then for down. */
const TIMEOUT_MAX_MS = 5_000;

/** Options that both kinds of store have. */
export interface PostgresStoreOptions extends TableOptions {
  /**
   * How long a finished id is remembered, in milliseconds. Default 30 days, at least an hour: mintfax's own retries span
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

/** @throws {RangeError} for an option that cannot work */
export function settingsFrom(options: PostgresStoreOptions): Settings {
  const { retentionMs = 30 * 24 * HOUR_MS, timeoutMs = 2_000 } = options;
  if (!(retentionMs >= HOUR_MS && retentionMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `retentionMs is ${retentionMs}; expected at least ${HOUR_MS} (one hour), longer than mintfax's own retries.`,
    );
  }
  if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MAX_MS)) {
    throw new RangeError(`timeoutMs is ${timeoutMs}; expected a number from 1 to ${TIMEOUT_MAX_MS}.`);
  }
  return { table: tableFrom(options), retentionMs: String(retentionMs), timeoutMs };
}
