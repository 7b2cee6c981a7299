/** What both stores can be told. */
export interface StoreLimits {
  /**
   * How long a finished id is remembered, in milliseconds. Default 30 days, at least an hour: mintfax's own retries
   * span some 18 minutes, but a person can retry at any time.
   */
  readonly retentionMs?: number;
  /**
   * How long one call is waited for, in milliseconds. Default 2,000, at most 5,000, when the receiver itself gives
   * up on a store. The delivery is then answered with 503 and comes again.
   */
  readonly timeoutMs?: number;
}

const HOUR_MS = 3_600_000;

/** @throws {RangeError} where a limit is out of bounds */
export function checkedLimits({
  retentionMs = 30 * 24 * HOUR_MS,
  timeoutMs = 2_000,
}: StoreLimits): Required<StoreLimits> {
  if (!(Number.isFinite(retentionMs) && retentionMs >= HOUR_MS)) {
    throw new RangeError(
      `retentionMs is ${retentionMs}; expected at least ${HOUR_MS} (one hour), longer than mintfax's own retries.`,
    );
  }
  if (!(timeoutMs >= 1 && timeoutMs <= 5_000)) {
    throw new RangeError(`timeoutMs is ${timeoutMs}; expected a number from 1 to 5000.`);
  }
  return { retentionMs, timeoutMs };
}
