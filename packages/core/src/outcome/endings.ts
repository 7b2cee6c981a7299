import { ConfigurationError } from "../errors.ts";
import { isInstance, memberOf } from "../foreign.ts";
import { type Ending, endingOf } from "./ending.ts";

export const BUSY: Ending = endingOf("in_progress", "Another delivery of this event is being processed.");

export function handlerFailed(error: unknown): Ending {
  const code = memberOf(error, "code");
  if (code === "queue_unavailable") {
    return endingOf(code, "The queue of this server could not store the event; see the server's log.", error);
  }
  if (code === "queue_misconfigured") {
    return endingOf(code, "The queue of this server is misconfigured; see the server's log.", error);
  }
  if (code === "store_unavailable") {
    return endingOf(code, "A store that the handler uses could not be reached; see the server's log.", error);
  }
  if (code === "store_misconfigured") {
    return endingOf(code, "A store that the handler uses is misconfigured; see the server's log.", error);
  }
  // A handler's error may quote personal data, so the sender is told nothing of it.
  return endingOf("handler_failed", "The handler of this event failed; see this server's log.", error);
}

export function handlerTimedOut(deadlineMs: number): Ending {
  const message = `The handler is still running after ${deadlineMs} ms; its claim is kept until it ends.`;
  return endingOf("handler_timed_out", message);
}

export function leaseLost(error?: unknown): Ending {
  return endingOf(
    "lease_lost",
    "This delivery outlasted its claim, and another delivery has taken over the event.",
    error,
  );
}

/** The store granted the claim when the delivery had no time left. */
export function notStarted(deadlineMs: number): Ending {
  const message = `The dedup store of this server answered after the deadline of ${deadlineMs} ms (deadlineMs); the handler did not run.`;
  return endingOf("store_unavailable", message);
}

/** The store has rejected a claim or a transaction: it is unreachable, or set up wrong. */
export function storeFailed(error: unknown): Ending {
  if (isMisconfigured(error)) {
    return endingOf(
      "store_misconfigured",
      "The dedup store of this server is misconfigured; see the server's log.",
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

/** For the message of an answer: the code of a mistake in the set-up, in parentheses. Nothing for another error. */
export function mistakeIn(error: unknown): string {
  const code = memberOf(error, "code");
  return isInstance(error, ConfigurationError) && typeof code === "string" ? ` (${code})` : "";
}

export function completeUnavailable(error: unknown): Ending {
  return endingOf(
    "complete_unavailable",
    "The event was processed, but the dedup store could not record it yet. This server keeps trying; if it stops first, a redelivery of the event is processed again.",
    error,
  );
}

export function completeGivenUp(error: unknown): Ending {
  return endingOf(
    "complete_unavailable",
    "The event was processed, but the dedup store could not record it before this server stopped trying: a redelivery of the event is processed again.",
    error,
  );
}
