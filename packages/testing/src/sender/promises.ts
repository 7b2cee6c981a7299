/**
 * The waits of mintfax's automatic schedule in milliseconds, each counted from the end of the attempt that
 * failed: attempts 2, 3 and 4 follow, and there is no fifth. Source: mintfax, webhooks/delivery-and-retries,
 * May 2026, which says 10 s, about 100 s and about 17 min; that the last is 1000 s is inferred.
 */
export const RETRY_DELAYS_MS: readonly number[] = [10_000, 100_000, 1_000_000];

/**
 * When mintfax gives up on an attempt, in milliseconds. Source: mintfax, webhooks/delivery-and-retries, May
 * 2026.
 */
export const ATTEMPT_TIMEOUT_MS = 30_000;
