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

/** A refused delivery. Returned, not thrown: an exception would be half the cost of refusing a forgery. */
export class Refusal {
  readonly code: RefusalCode;
  /** For the person at mintfax's dashboard. */
  readonly message: string;

  constructor(code: RefusalCode, message: string) {
    this.code = code;
    this.message = message;
  }
}
