/**
 * Waits for a result, but only until the deadline.
 *
 * @param onDeadline called when time is up, and gives what to go on with; the late result is then its business
 */
export function beforeDeadline<T>(result: Promise<T>, timeoutMs: number, onDeadline: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(onDeadline()), timeoutMs);
    result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
