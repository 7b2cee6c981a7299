/** graphile-worker tries again e, e², e³ … e¹⁰ seconds after a failed attempt, and then every e¹⁰ seconds (6.1 hours). */
const MAX_EXPONENT = 10;

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
