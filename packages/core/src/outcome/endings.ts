import { memberOf } from "../foreign.ts";
import { type Ending, endingOf } from "./ending.ts";

export const BUSY: Ending = endingOf(
  "in_progress",
  "Another delivery of this event is being processed just now.",
);

export function handlerFailed(error: unknown): Ending {
  // What the handler threw may hold anything, so none of it is said to the sender.
  return endingOf("handler_failed", "The handler of this event failed; see this server's log.", error);
}

export function handlerTimedOut(deadlineMs: number): Ending {
  const message = `The handler is still at work after ${deadlineMs} ms; its claim is kept until it ends.`;
  return endingOf("handler_timed_out", message);
}

export function leaseLost(error?: unknown): Ending {
  return endingOf(
    "lease_lost",
    "This delivery took longer than its claim, and another one has taken the event over.",
    error,
  );
}

/** The store granted the claim when the delivery had no time left. */
export function notStarted(deadlineMs: number): Ending {
  const message = `The dedup store of this server answered after the ${deadlineMs} ms (deadlineMs) were over; the handler did not run.`;
  return endingOf("store_unavailable", message);
}

/** The store has rejected a claim or a transaction: it is unreachable, or set up wrong. */
export function storeFailed(error: unknown): Ending {
  if (isMisconfigured(error)) {
    return endingOf(
      "store_misconfigured",
      "The dedup store of this server is set up wrong; see its log.",
      error,
    );
  }
  return endingOf("store_unavailable", "The dedup store of this server could not be reached.", error);
}

/** A transaction has failed, and its handler has not thrown: by the store's fault, or by what the handler wrote. */
export function transactionFailed(error: unknown): Ending {
  return memberOf(error, "code") === "transaction_refused" ? handlerFailed(error) : storeFailed(error);
}

/** To repeat a call does not help. By code, not by class: a bundle may hold core twice. */
export function isMisconfigured(error: unknown): boolean {
  return memberOf(error, "code") === "store_misconfigured";
}

export function completeUnavailable(error: unknown): Ending {
  return endingOf(
    "complete_unavailable",
    "The event was processed, but the dedup store could not be told yet; this server goes on trying. Should it end before, the same event, if it comes again, is processed again.",
    error,
  );
}

export function completeGivenUp(error: unknown): Ending {
  return endingOf(
    "complete_unavailable",
    "The event was processed, but the dedup store could not be told before this server ended: the same event, if it comes again, is processed again.",
    error,
  );
}
