import type { Outcome, OutcomeCode } from "./codes.ts";

/**
 * One table for every answer, on every framework. mintfax retries every answer that is not 2xx, reads 400 as "signature or body
 * refused" and 401 and 403 as "the endpoint wants its own authentication". Senders following the specification
 * disable an endpoint on 410 and throttle it on 429, 502 and 504, so these are never used.
 */
export const ANSWERS: Readonly<Record<OutcomeCode, readonly [Outcome, number]>> = {
  method_not_allowed: ["refused", 405],
  header_missing: ["refused", 400],
  header_repeated: ["refused", 400],
  id_malformed: ["refused", 400],
  timestamp_malformed: ["refused", 400],
  timestamp_too_old: ["refused", 400],
  timestamp_too_new: ["refused", 400],
  signature_malformed: ["refused", 400],
  content_encoding_unsupported: ["refused", 415],
  content_length_malformed: ["refused", 400],
  body_too_large: ["refused", 413],
  body_timeout: ["refused", 408],
  body_incomplete: ["refused", 400],
  signature_mismatch: ["refused", 400],
  body_not_json: ["refused", 400],
  envelope_malformed: ["refused", 400],
  in_progress: ["busy", 409],
  handler_failed: ["failed", 500],
  handler_timed_out: ["timed_out", 503],
  // A promise given to `context.waitUntil`: never an answer, only a late outcome.
  background_failed: ["failed", 500],
  store_unavailable: ["unavailable", 503],
  store_misconfigured: ["misconfigured", 500],
  // The effect has happened, and a retry would double it: this one is for the alarm, not for the sender.
  complete_unavailable: ["processed", 200],
  queue_unavailable: ["unavailable", 503],
  queue_misconfigured: ["misconfigured", 500],
  secret_unavailable: ["unavailable", 503],
  lease_lost: ["lost", 409],
  body_already_parsed: ["misconfigured", 500],
  internal_error: ["misconfigured", 500],
};
