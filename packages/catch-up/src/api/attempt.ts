import { isId, membersOf, timeFrom, wholeFrom, wordFrom } from "./read.ts";

/** An attempt of mintfax to deliver an event, as its list has it. */
export interface Attempt {
  readonly id: string;
  readonly eventId: string;
  /** Not in mintfax's reference; taken where an answer has it. */
  readonly eventType: string | undefined;
  readonly endpoint: string | undefined;
  /** Counts from 1 for each event, "Retry now" included. */
  readonly number: number;
  /** Whether it was asked for at another attempt, so that it is beside the schedule. */
  readonly isRetry: boolean;
  readonly statusCode: number | null;
  readonly outcome: "succeeded" | "failed" | undefined;
  /** When it ended; undefined where the answer does not say. */
  readonly endedMs: number | undefined;
}

/** @returns undefined for what is not an attempt */
export function attemptFrom(entry: unknown): Attempt | undefined {
  const members = membersOf(entry);
  const { id, event_id: eventId, webhook_endpoint_id: endpoint } = members;
  if (!isId(id) || !isId(eventId)) return undefined;
  const succeededMs = timeFrom(members.succeeded_at);
  const failedMs = timeFrom(members.failed_at);
  return {
    id,
    eventId,
    eventType: wordFrom(members.event_type),
    endpoint: isId(endpoint) ? endpoint : undefined,
    number: wholeFrom(members.attempt_number, 1) ?? 1,
    isRetry: isId(members.parent_attempt_id),
    statusCode: wholeFrom(members.status_code, 100) ?? null,
    outcome: outcomeOf(members),
    endedMs: succeededMs ?? failedMs,
  };
}

function outcomeOf({
  status,
  succeeded_at,
  failed_at,
}: Readonly<Record<string, unknown>>): Attempt["outcome"] {
  if (status === "succeeded" || status === "failed") return status;
  if (typeof succeeded_at === "string") return "succeeded";
  return typeof failed_at === "string" ? "failed" : undefined;
}
