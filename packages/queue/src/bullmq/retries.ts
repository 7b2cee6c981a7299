/** Before the second attempt, on average. */
export const FIRST_DELAY_MS = 10_000;
/** An outage that ends is noticed within this time, however long it was. */
const MAX_DELAY_MS = 3_600_000;
/** Either way, so that messages that failed together are not tried again together. */
const JITTER = 0.25;

/**
 * The delay before the next attempt, in milliseconds.
 *
 * @param failures how many attempts have failed: from 1
 */
export function retryDelayMs(failures: number): number {
  return Math.round(meanDelayMs(failures) * (1 + JITTER * (2 * Math.random() - 1)));
}

/** How many attempts it takes to try for this time, the time of the attempts themselves not counted. */
export function attemptsFor(retryForMs: number): number {
  let attempts = 1;
  for (let waitedMs = 0; waitedMs < retryForMs; attempts += 1) waitedMs += meanDelayMs(attempts);
  return attempts;
}

function meanDelayMs(failures: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
}
