import { MintfaxWebhookError } from "@mintfax-webhooks/core";
import type { CatchUpReport } from "./report.ts";

/** The codes of a {@link CatchUpError}. */
export type CatchUpErrorCode =
  /** There is neither the option `apiKey` nor the variable `MINTFAX_API_KEY`. */
  | "api_key_missing"
  /** The key does not have the form of a key of mintfax's. */
  | "api_key_malformed"
  /** The key is an account's (`mfx_acct_`), which cannot touch an environment. */
  | "api_key_of_account"
  /** mintfax answered 401. */
  | "api_key_rejected"
  /** mintfax answered 403. */
  | "access_denied"
  /** mintfax answered another status from 400 to 499. */
  | "request_refused"
  /** The API answered with a redirect, which is not followed: it could take the key elsewhere. */
  | "redirected"
  /** The API could not be reached, answered 5xx, or asked for too long a wait, time after time. */
  | "api_unavailable"
  /** The answer is not JSON, or has no list in it. */
  | "answer_not_understood"
  /** A run of the same catch-up is under way. */
  | "catch_up_running"
  /** `outstanding` failed. */
  | "outstanding_failed"
  /** `onMissing` failed for one fax or more. */
  | "on_missing_failed";

/** Thrown where a catch-up cannot be set up or a run cannot go on. Holds neither the key nor a payload. */
export class CatchUpError extends MintfaxWebhookError {
  declare readonly code: CatchUpErrorCode;
  /** The HTTP status, where mintfax answered. */
  readonly status: number | undefined;
  /** What the run had found and done by then; undefined where it had not begun. */
  report: CatchUpReport | undefined;

  constructor(
    code: CatchUpErrorCode,
    message: string,
    options: ErrorOptions & { readonly status?: number | undefined } = {},
  ) {
    super(code, message, options);
    this.status = options.status;
  }
}
