/** What became of a delivery. */
export type Outcome =
  /** The handler succeeded. */
  | "processed"
  /** The event had been processed before; the handler did not run. */
  | "duplicate"
  /** Nobody handles this type; nothing was recorded, so that a replay works once somebody does. */
  | "unhandled"
  /** Not a delivery of mintfax, or a damaged one. Neither handler nor store has seen it. */
  | "refused"
  /** Another delivery of the same event is being processed. */
  | "busy"
  /** The handler threw; its claim was released. */
  | "failed"
  /** The handler was past its deadline; its claim is kept until it settles. */
  | "timed_out"
  /** The dedup store, or whatever holds the secrets, could not be reached; the handler did not run. */
  | "unavailable"
  /** The lease went to somebody else while the handler ran; its result was discarded. */
  | "lost"
  /** This server is set up wrong. */
  | "misconfigured";

/** Why a delivery was refused. Stable over versions. */
export type RefusalCode =
  | "method_not_allowed"
  | "header_missing"
  | "header_repeated"
  | "id_malformed"
  | "timestamp_malformed"
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "signature_malformed"
  | "content_encoding_unsupported"
  | "content_length_malformed"
  | "body_too_large"
  | "body_timeout"
  | "body_incomplete"
  | "signature_mismatch"
  | "body_not_json"
  | "envelope_malformed";

/** Why a delivery was not simply processed. Stable over versions. */
export type OutcomeCode =
  | RefusalCode
  | "in_progress"
  | "handler_failed"
  | "handler_timed_out"
  | "background_failed"
  | "store_unavailable"
  | "store_misconfigured"
  | "complete_unavailable"
  | "secret_unavailable"
  | "lease_lost"
  | "body_already_parsed"
  | "internal_error";

/**
 * One table for every answer, on every framework. mintfax retries whatever is not 2xx, reads 400 as "signature or body
 * refused" and 401 and 403 as "the endpoint wants its own authentication". Senders following the specification
 * disable an endpoint on 410 and throttle it on 429, 502 and 504, so none of these is ever used.
 */
const ANSWERS: Readonly<Record<OutcomeCode, readonly [Outcome, number]>> = {
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
  secret_unavailable: ["unavailable", 503],
  lease_lost: ["lost", 409],
  body_already_parsed: ["misconfigured", 500],
  internal_error: ["misconfigured", 500],
};

/** How a delivery ended, before it is put into words for the sender and for the hook. */
export interface Conclusion {
  readonly outcome: Outcome;
  readonly status: number;
  readonly code?: OutcomeCode;
  readonly message?: string;
}

export const PROCESSED: Conclusion = { outcome: "processed", status: 200 };
export const DUPLICATE: Conclusion = { outcome: "duplicate", status: 200 };
export const UNHANDLED: Conclusion = { outcome: "unhandled", status: 200 };

/** @param message for the person at mintfax's dashboard: never a secret, an expected signature, payload or error text */
export function conclude(code: OutcomeCode, message: string): Conclusion {
  const [outcome, status] = ANSWERS[code];
  return { outcome, status, code, message };
}
