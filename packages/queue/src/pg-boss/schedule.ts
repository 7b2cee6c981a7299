/** Of a queue, in seconds: how long pg-boss waits before the second attempt, about. It doubles the delay from there on. */
export const RETRY_DELAY_SECONDS = 10;
/** The longest delay. */
export const RETRY_DELAY_MAX_SECONDS = 3_600;

/**
 * With how many attempts a message is tried for a time, at least. pg-boss 11 adds powers of two to the first delay, pg-boss 12
 * multiplies: this goes by the shorter delays, without jitter.
 */
export function attemptsFor(retryForMs: number): number {
  let leftSeconds = retryForMs / 1_000;
  let attempts = 1;
  for (; leftSeconds > 0; attempts += 1) {
    leftSeconds -= Math.min(RETRY_DELAY_MAX_SECONDS, RETRY_DELAY_SECONDS + 2 ** (attempts - 1));
  }
  return attempts;
}
