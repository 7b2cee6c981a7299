import { attemptsOf } from "../api/attempts.ts";
import type { Failure } from "./failure.ts";
import { attemptSetting, type Run } from "./run.ts";

/** What a look at the successes has shown. */
export interface Successes {
  /** When the newest delivery to the endpoint succeeded; undefined where none is listed. */
  readonly newestMs: number | undefined;
  /** Whether the list was read as far as it was needed, so that the rest of the events have not got through. */
  readonly isDecided: boolean;
}

/**
 * Finds out which events have got through. No call lists the attempts of one event, so the endpoint's list of successes is read,
 * from the newest until all are found, or until it is older than their first failures: some requests for each 100
 * deliveries, in place of one for each event.
 *
 * @param wanted by event id; those that have got through are taken out
 * @param others are told too where they are met on the way; nothing is read for them
 */
export async function findThrough(
  wanted: Map<string, Failure>,
  run: Run,
  onThrough: (failure: Failure) => Promise<void> | void,
  others: ReadonlyMap<string, Failure> = new Map(),
): Promise<Successes> {
  const { memory, time } = run;
  const lookedMs = time.nowMs();
  let backToMs = Number.POSITIVE_INFINITY;
  for (const { eventId, firstFailedMs = 0, postedMs } of wanted.values()) {
    const fromMs = Math.max(firstFailedMs, memory.of(eventId).lookedUntilMs, postedMs);
    backToMs = Math.min(backToMs, fromMs);
  }
  let newestMs: number | undefined;
  let isDecided = true;
  const setting = attemptSetting(run, () => {
    isDecided = false;
  });
  for await (const attempts of attemptsOf("succeeded", backToMs, setting)) {
    for (const { eventId, endedMs } of attempts) {
      if (endedMs !== undefined) newestMs = Math.max(newestMs ?? endedMs, endedMs);
      const failure = wanted.get(eventId) ?? others.get(eventId);
      if (failure === undefined) continue;
      wanted.delete(eventId);
      memory.update(eventId, { isThrough: true });
      await onThrough(failure);
    }
    if (wanted.size === 0) return { newestMs, isDecided: true };
  }
  if (isDecided) for (const eventId of wanted.keys()) memory.update(eventId, { lookedUntilMs: lookedMs });
  return { newestMs, isDecided };
}
