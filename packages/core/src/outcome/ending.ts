import type { Outcome, OutcomeCode } from "./codes.ts";
import { ANSWERS } from "./status.ts";

/** How a delivery ended: what mintfax is answered, and what the hook is told. */
export interface Ending {
  readonly outcome: Outcome;
  readonly status: number;
  readonly code?: OutcomeCode;
  /** For the person at mintfax's dashboard: never a secret, an expected signature, a payload or an error's text. */
  readonly message?: string;
  /** What was thrown; for the hook alone. */
  readonly error?: unknown;
}

export const PROCESSED: Ending = { outcome: "processed", status: 200 };
export const DUPLICATE: Ending = { outcome: "duplicate", status: 200 };
export const UNHANDLED: Ending = { outcome: "unhandled", status: 200 };

/**
 * An ending that needs words, with the outcome and the status that its code has.
 *
 * @param message for the person at mintfax's dashboard: never a secret, an expected signature, a payload or an error's text
 * @param error what was thrown; for the hook alone
 */
export function endingOf(code: OutcomeCode, message: string, error?: unknown): Ending {
  const [outcome, status] = ANSWERS[code];
  return { outcome, status, code, message, error };
}
