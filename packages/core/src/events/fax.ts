import type { Envelope, OpenString } from "./envelope.ts";

/** Where a fax stands. `delivered` and `failed` are final. mintfax may add values. */
export type FaxStatus = OpenString<"queued" | "submitted" | "in_progress" | "delivered" | "failed">;

/**
 * Why a fax, or one attempt at it, failed. mintfax promises that these names stay when carriers change and may
 * add new ones. {@link adviceFor} says what to do about each.
 */
export type FaxErrorCode = OpenString<
  "busy" | "no_answer" | "line_quality" | "timeout" | "invalid_number" | "bad_destination" | "no_route"
>;

/** One attempt of mintfax to reach the destination (not an attempt to deliver the webhook). */
export interface FaxAttempt {
  /** Counts from 1. */
  readonly attempt_number: number;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  /** ISO 8601, UTC; null while the attempt runs. */
  readonly completed_at: string | null;
  /** Milliseconds; null while the attempt runs. */
  readonly duration_ms: number | null;
  readonly error_code: FaxErrorCode | null;
  readonly error_subcode?: string | null;
  /** English text for people. Do not branch on it. */
  readonly error_message: string | null;
}

/** The fax resource, as it was when the event fired. Fields that mintfax adds later are there at run time. */
export interface Fax {
  /** Starts with `fax_`. */
  readonly id: string;
  readonly status: FaxStatus;
  /** Destination in E.164 form. Health data in most uses: keep it out of logs. */
  readonly to: string | null;
  /** Pages transmitted, or null before processing begins. */
  readonly pages: number | null;
  readonly error_code: FaxErrorCode | null;
  readonly error_subcode?: string | null;
  /** English text for people. Do not branch on it. */
  readonly error_message: string | null;
  /** Cap on attempts, 1 to 5. Events carry a number; mintfax's REST reference types it as a string. */
  readonly max_attempts: number | string;
  /** The attempts so far, oldest first. */
  readonly attempts: readonly FaxAttempt[];
  readonly webhook_url?: string | null;
  readonly idempotency_key?: string | null;
  /** Your own metadata from the submission; `{}` where you gave none. */
  readonly tags: Readonly<Record<string, string>>;
  readonly csid?: string | null;
  readonly page_size?: OpenString<"letter" | "legal" | "a4" | "b4">;
  readonly resolution?: OpenString<"standard" | "fine">;
  readonly optimize_for?: OpenString<"text" | "photo">;
  /** ISO 8601, UTC; null before the fax was handed to a carrier. */
  readonly submitted_at: string | null;
  /** ISO 8601, UTC; null before a final status. */
  readonly completed_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A fax that arrived. */
export interface DeliveredFax extends Fax {
  readonly status: "delivered";
  readonly error_code: null;
  readonly error_message: null;
  readonly completed_at: string;
}

/** A fax that mintfax has given up on. */
export interface FailedFax extends Fax {
  readonly status: "failed";
  readonly error_code: FaxErrorCode;
  readonly completed_at: string;
}

/** The fax was accepted and waits. Once per fax. */
export interface FaxQueuedEvent extends Envelope<"fax.queued", Fax> {}

/** An attempt to reach the destination starts. Once per attempt, 1 to `max_attempts` times per fax. */
export interface FaxSendingEvent extends Envelope<"fax.sending", Fax> {}

/** The carrier confirmed the transmission; mintfax charges for `pages`. Once per fax, excludes `fax.failed`. */
export interface FaxDeliveredEvent extends Envelope<"fax.delivered", DeliveredFax> {}

/** No further attempt will be made, and nothing is charged. Once per fax, excludes `fax.delivered`. */
export interface FaxFailedEvent extends Envelope<"fax.failed", FailedFax> {}

/** Any of the four events of a fax. */
export type FaxEvent = FaxQueuedEvent | FaxSendingEvent | FaxDeliveredEvent | FaxFailedEvent;
