import type { RefusalCode } from "../refusal.ts";

/** How a delivery ended. */
export type Outcome =
  /** The handler succeeded. */
  | "processed"
  /** The event had been processed before; the handler did not run. */
  | "duplicate"
  /** This type has no handler. Nothing was recorded, so that a replay works once it has one. */
  | "unhandled"
  /** Not a delivery of mintfax, or a damaged one. It reached neither the handler nor the store. */
  | "refused"
  /** Another delivery of the same event is being processed. */
  | "busy"
  /** The handler threw; its claim was released. */
  | "failed"
  /** The handler was past its deadline; its claim is kept until it settles. */
  | "timed_out"
  /** The dedup store, the queue, or the function that finds secrets or options, failed; the handler did not run. */
  | "unavailable"
  /** Another delivery took over the lease while the handler ran; its result was discarded. */
  | "lost"
  /** This server is misconfigured. */
  | "misconfigured";

/** Why a delivery was not processed as usual. Stable over versions. */
export type OutcomeCode =
  | RefusalCode
  | "in_progress"
  | "handler_failed"
  | "handler_timed_out"
  | "background_failed"
  | "store_unavailable"
  | "store_misconfigured"
  | "complete_unavailable"
  | "queue_unavailable"
  | "queue_misconfigured"
  | "secret_unavailable"
  | "lease_lost"
  | "body_already_parsed"
  | "internal_error";
