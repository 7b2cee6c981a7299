import { checkOptions, retentionFrom, storeTimeoutFrom } from "@mintfax-webhooks/core/store";

/** What both stores can be told. */
export interface StoreLimits {
  /**
   * How long a finished id is remembered, in milliseconds. Default 30 days, at least an hour, at most ten years: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call is waited for, in milliseconds. Default 2,000, at most 5,000, when the receiver itself gives
   * up on a store. The delivery is then answered with 503 and comes again.
   */
  readonly timeoutMs?: number;
}

const DAY_MS = 86_400_000;

/**
 * @param client the option beside the limits
 * @param of the function whose options they are
 * @throws {ConfigurationError} where an option is not known, or a limit is out of bounds
 */
export function checkedLimits(options: StoreLimits, client: string, of: string): Required<StoreLimits> {
  checkOptions(options, [client, "retentionMs", "timeoutMs"], of);
  const { retentionMs = 30 * DAY_MS, timeoutMs } = options;
  return { retentionMs: retentionFrom(retentionMs), timeoutMs: storeTimeoutFrom(timeoutMs) };
}
