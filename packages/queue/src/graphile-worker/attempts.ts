/** graphile-worker tries again e, e², e³ … e¹⁰ seconds after a failed attempt, and then every e¹⁰ seconds (6.1 hours). */
const MAX_EXPONENT = 10;

/**
 * The same for a job whose attempt had no end, as SQL: an event that ends each process it is worked on in is tried less and
 * less often. It is never parked, since no worker would tell of it.
 */
export const AFTER_CUT_OFF: string =
  "attempts = greatest(least(jobs.attempts, jobs.max_attempts - 1), 0), " +
  `run_at = greatest(jobs.run_at, now() + exp(least(jobs.attempts, ${MAX_EXPONENT})) * interval '1 second')`;

/** How many attempts it takes until the last one begins `retryForMs` after the first, or later. */
export function attemptsFor(retryForMs: number): number {
  let attempts = 1;
  for (let sinceFirstMs = 0; sinceFirstMs < retryForMs; attempts += 1) {
    sinceFirstMs += Math.exp(Math.min(attempts, MAX_EXPONENT)) * 1_000;
  }
  return attempts;
}

const DAY_MS = 86_400_000;
export const RETRY_FOR_DEFAULT_MS: number = 3 * DAY_MS;
export const RETRY_FOR_MAX_MS: number = 60 * DAY_MS;
