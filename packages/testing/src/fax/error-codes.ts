import type { FaxErrorCode } from "@mintfax-webhooks/core";

/** What mintfax does after an attempt that failed. Of a code that this version does not know, it is unknown. */
export type AfterFailure = "gives up" | "retries" | "unknown";

// mintfax, webhooks/events/fax-failed, May 2026. That `timeout` is retried is inferred from that page,
// and the texts are invented.
const CODES: ReadonlyMap<string, readonly [AfterFailure, message: string]> = new Map([
  ["busy", ["retries", "The destination line was busy."]],
  ["no_answer", ["retries", "The call was not answered."]],
  ["line_quality", ["retries", "The transmission broke off."]],
  ["timeout", ["retries", "The attempt took too long."]],
  ["invalid_number", ["gives up", "The number is not a fax line."]],
  ["bad_destination", ["gives up", "The destination cannot be reached."]],
  ["no_route", ["gives up", "No carrier has a route to the destination."]],
]);

/** Case does not matter, since mintfax's pages write the codes both ways. */
export function afterFailure(code: FaxErrorCode): AfterFailure {
  return CODES.get(code.toLowerCase())?.[0] ?? "unknown";
}

export function sameCode(one: FaxErrorCode, other: FaxErrorCode): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The error members of a fax, or of an attempt at it; all null where there was no error. */
export function errorMembers(code: FaxErrorCode | null): {
  error_code: FaxErrorCode | null;
  error_subcode: null;
  error_message: string | null;
} {
  const message = code === null ? null : (CODES.get(code.toLowerCase())?.[1] ?? "The fax failed.");
  return { error_code: code, error_subcode: null, error_message: message };
}
