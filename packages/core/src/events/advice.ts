import type { FaxErrorCode } from "./fax.ts";

/**
 * What to do about a failed fax:
 * - `resubmit`: send it again, as a new fax;
 * - `resubmit_later`: the same, after a while (line busy, no answer, currently no carrier route);
 * - `fix_number`: ask a person for a correct number;
 * - `stop`: do not send to this destination again before a person has checked the record;
 * - `unknown`: a code that this version does not know. Keep it and ask a person.
 */
export type FaxAdvice = "resubmit" | "resubmit_later" | "fix_number" | "stop" | "unknown";

// mintfax, webhooks/events/fax-failed, May 2026. `no_route` is the trap: final for this fax, yet worth another one.
const ADVICE: ReadonlyMap<string | undefined, FaxAdvice> = new Map([
  ["busy", "resubmit_later"],
  ["no_answer", "resubmit_later"],
  ["line_quality", "resubmit"],
  ["timeout", "resubmit"],
  ["no_route", "resubmit_later"],
  ["invalid_number", "fix_number"],
  ["bad_destination", "stop"],
]);

/**
 * What mintfax suggests for an `error_code`. Case does not matter, since mintfax's pages write the codes both ways.
 *
 * @example
 * ```ts
 * webhooks.on("fax.failed", async ({ data: { object: fax } }) => {
 *   if (adviceFor(fax.error_code) === "resubmit_later") await outbox.retryInAnHour(fax.tags.order);
 * });
 * ```
 */
export function adviceFor(errorCode: FaxErrorCode | null): FaxAdvice {
  return ADVICE.get(errorCode?.toLowerCase()) ?? "unknown";
}
