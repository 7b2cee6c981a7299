import type { Alarms } from "#alarms";

/** A timer for each wait, and the process lives until it is over. */
const TIMERS = {
  set: (delayMs: number, ring: () => void) => setTimeout(ring, delayMs),
  clear: (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer),
} as unknown as Pick<Alarms, "set" | "clear">;

/**
 * Waits for a promise of foreign code, at most for a time. What it promised goes on, and its later answer is dropped.
 *
 * @param limitMs in milliseconds
 * @param late makes the error to reject with when the time is over
 * @returns what was promised
 *
 * @example
 * ```ts
 * const row = await withinLimit(client.query(SQL), 2_000, () => new StoreUnavailableError("No answer within 2,000 ms."));
 * ```
 */
export function withinLimit<T>(
  promised: PromiseLike<T>,
  limitMs: number,
  late: (limitMs: number) => Error,
  alarms: Pick<Alarms, "set" | "clear"> = TIMERS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const alarm = alarms.set(limitMs, () => reject(late(limitMs)));
    Promise.resolve(promised).then(
      (value) => {
        alarms.clear(alarm);
        resolve(value);
      },
      (error) => {
        alarms.clear(alarm);
        reject(error);
      },
    );
  });
}
