import type { RefusalCode } from "../refusal.ts";

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
