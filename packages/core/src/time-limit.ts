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
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late(limitMs)), limitMs);
    Promise.resolve(promised).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
