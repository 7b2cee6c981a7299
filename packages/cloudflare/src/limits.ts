import { checkOptions, retentionFrom, storeTimeoutFrom } from "@mintfax-webhooks/core/store";

/** Options that both stores have. */
export interface StoreLimits {
  /**
   * How long the store remembers a finished id, in milliseconds, from one hour to ten years. Default 30 days. mintfax's own
   * retries end after 19 minutes, but a person can retry an event at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call may take, in milliseconds, at most 5,000. Default 2,000. After that the delivery is answered with 503,
   * and mintfax sends it again.
   */
  readonly timeoutMs?: number;
}

const DAY_MS = 86_400_000;

/**
 * @param client the option beside the limits
 * @param of the function whose options they are
 * @throws {ConfigurationError} for an unknown option, or a limit out of bounds
 */
export function checkedLimits(options: StoreLimits, client: string, of: string): Required<StoreLimits> {
  checkOptions(options, [client, "retentionMs", "timeoutMs"], of);
  const { retentionMs = 30 * DAY_MS, timeoutMs } = options;
  return { retentionMs: retentionFrom(retentionMs), timeoutMs: storeTimeoutFrom(timeoutMs) };
}
