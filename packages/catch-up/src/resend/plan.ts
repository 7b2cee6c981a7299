import { attemptsOf } from "../api/attempts.ts";
import { Failure } from "./failure.ts";
import { attemptSetting, type Run } from "./run.ts";
import { findThrough } from "./through.ts";

/**
 * Reads the failed attempts and decides for each event of them what to do.
 *
 * @returns the events to resend
 */
export async function plan(run: Run): Promise<Failure[]> {
  const { failures, memory, settings, tell, time } = run;
  await readFailures(run);
  const open = new Map<string, Failure>();
  for (const failure of failures.values()) {
    if (memory.of(failure.eventId).isThrough) failure.settle("alreadyThrough");
    else if (failure.isOnSchedule(time.nowMs())) failure.settle("leftToSchedule");
    else open.set(failure.eventId, failure);
  }
  const due: Failure[] = [];
  if (open.size > 0) {
    // Read after the failures: what has got through in between is found.
    const { newestMs, isDecided } = await findThrough(open, run, (failure) =>
      failure.settle("alreadyThrough"),
    );
    for (const failure of open.values()) {
      const tries = Math.max(failure.tries, memory.of(failure.eventId).tries);
      const isUp = newestMs !== undefined && newestMs > (failure.failedMs ?? 0);
      if (!isDecided) failure.settle("postponed", "successes_not_all_read");
      else if (tries >= settings.maxTries) failure.settle("givenUp");
      else if (!run.ignoreWaits && !failure.isDue(tries, time.nowMs(), isUp)) failure.settle("waiting");
      else due.push(failure);
    }
  }
  await tell({ type: "planned", toResend: due.length });
  return due;
}

async function readFailures(run: Run): Promise<void> {
  const { failures, figures, memory, notes, settings, sinceMs } = run;
  for await (const attempts of attemptsOf("failed", sinceMs, attemptSetting(run))) {
    for (const attempt of attempts) {
      memory.hasAttempts = true;
      if (attempt.endedMs !== undefined && attempt.endedMs < sinceMs) continue;
      if (attempt.endedMs === undefined) {
        notes.add(
          "time_missing",
          "mintfax did not say when an attempt failed; its event is resent only after four attempts.",
        );
      }
      figures.attemptsRead += 1;
      const failure = failures.get(attempt.eventId);
      if (failure === undefined) failures.set(attempt.eventId, new Failure(attempt));
      else failure.add(attempt);
    }
  }
  if (memory.hasAttempts) return;
  // A misspelt endpoint, or one of another environment, has an empty list too: that must not look as if all were well.
  for await (const attempts of attemptsOf("succeeded", Number.POSITIVE_INFINITY, attemptSetting(run))) {
    memory.hasAttempts = attempts.length > 0;
    break;
  }
  if (!memory.hasAttempts) {
    notes.add(
      "no_attempts",
      `mintfax lists no attempt for ${settings.endpoint}, neither failed nor succeeded. Check that it is an endpoint of the API ` +
        "key's environment.",
    );
  }
}
