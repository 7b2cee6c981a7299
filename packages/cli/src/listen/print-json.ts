import { answerOf, type Entry, outcomeOf } from "./entry.ts";

/** One line for programs. */
export function jsonLine(entry: Entry): string {
  const { at, verified, essentials, durationMs, forwarded, diagnosis, undiagnosed } = entry;
  const { status, code, message, id, type } = verified;
  return JSON.stringify({
    at: at.toISOString(),
    id,
    type,
    outcome: outcomeOf(entry),
    // A delivery that was passed on was answered with the target's answer.
    status: forwarded === undefined ? status : undefined,
    code,
    message,
    object: essentials,
    durationMs: Math.round(durationMs),
    forwarded: forwarded === undefined ? undefined : answerOf(forwarded),
    diagnosis,
    undiagnosed,
  });
}
