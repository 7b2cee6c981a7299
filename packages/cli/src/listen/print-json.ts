import { answerOf, type Entry, outcomeOf } from "./entry.ts";

/** One line for machines. */
export function jsonLine(entry: Entry): string {
  const { at, verified, essentials, durationMs, forwarded, diagnosis, undiagnosed } = entry;
  const { status, code, message, id, type } = verified;
  return JSON.stringify({
    at: at.toISOString(),
    id,
    type,
    outcome: outcomeOf(entry),
    // Where it was passed on, the sender was answered what the target answered.
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
