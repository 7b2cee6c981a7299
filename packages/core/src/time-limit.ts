import type { Alarms } from "#alarms";

/** Waits for what foreign code promises, but not for ever. */
export function withinLimit<T>(
  promised: PromiseLike<T>,
  alarms: Alarms,
  limitMs: number,
  late: (limitMs: number) => Error,
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
