import type { Envelope, FaxSendingEvent } from "./index.ts";
import { isTerminal } from "./terminal.ts";

/** `created` counts whole seconds, so the last decimal digit of the order is free for the lifecycle. */
const RANKS_PER_SECOND = 10;
const TERMINAL_RANK = 9;

/**
 * A number that grows along the life of one fax, to be stored beside a row and compared: mintfax does not promise
 * that events arrive in order. It is `created` (Unix seconds) times ten, plus the place in the lifecycle, since
 * two events of one fax often fall into the same second: queued 0, sending its attempt number, terminal 9.
 *
 * It is a safe integer; in SQL use `bigint`. Compare only events of the same fax, or of the same balance.
 *
 * @example
 * ```ts
 * await sql`UPDATE faxes SET status = ${fax.status}, event_order = ${eventOrder(event)}
 *           WHERE id = ${fax.id} AND event_order < ${eventOrder(event)}`;
 * ```
 */
export function eventOrder(event: Envelope<string, unknown>): number {
  return event.created * RANKS_PER_SECOND + lifecycleRank(event);
}

function lifecycleRank(event: Envelope<string, unknown>): number {
  if (isTerminal(event)) return TERMINAL_RANK;
  if (event.type !== "fax.sending") return 0;
  // Verified, but not validated: a payload without attempts still gets a place between queued and terminal.
  const attempts: unknown = (event as FaxSendingEvent).data.object.attempts;
  const attemptNumber = Array.isArray(attempts) ? attempts.length : 1;
  return Math.min(Math.max(attemptNumber, 1), TERMINAL_RANK - 1);
}
