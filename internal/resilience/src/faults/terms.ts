/** The times of a run. docs/internals/resilience.md, "How time is shortened", says why they are fair. */

/** mintfax waits 10, 100 and 1000 s before its retries; here 1.4, 14 and 140 s. */
export const TIME_SCALE = 0.14;

/** Longer than all that the engine waits for a store and a handler together, as mintfax's 30 s are. */
export const ATTEMPT_TIMEOUT_MS = 6_000;

export const DEADLINE_MS = 2_000;

/** The least that the engine takes for that deadline. */
export const LEASE_MS = 12_000;

/** Milliseconds on a clock that all processes of this machine share, and that no process sets. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
