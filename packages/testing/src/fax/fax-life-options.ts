import type { Fax, FaxErrorCode, OpenString } from "@mintfax-webhooks/core";
import type { DeliveredNumber, FailedNumber, FaxOutcome, SandboxNumber } from "./sandbox.ts";
import type { FaxConstants } from "./story.ts";

/** Options of {@link faxLife}. Defaults follow from the options that are given. */
export interface FaxLifeOptions {
  /** Default: the outcome of the sandbox number `to`; else `"failed"` with an `errorCode`; else `"delivered"`. */
  readonly outcome?: FaxOutcome;
  /**
   * The destination. A number of mintfax's sandbox plays its scenario: `"+15005550008"` fails with `invalid_number` at the
   * first attempt, `"+15005550004"` is delivered by the second. Default: the sandbox's number for the error code, or an
   * ordinary number.
   */
  readonly to?: OpenString<SandboxNumber>;
  /**
   * How many attempts mintfax makes, 1 to 5. Default: 1 for a fax that is delivered, or 2 with an `errorCode`; for one
   * that fails, `maxAttempts`, or 1 after `invalid_number`, `bad_destination` and `no_route`.
   */
  readonly attempts?: number;
  /** How many attempts mintfax may make, 1 to 5. Default 3, or `attempts` where that is given. */
  readonly maxAttempts?: number;
  /** Why attempts fail: all of a failed fax, all but the last of a delivered one. Default `"busy"`. */
  readonly errorCode?: FaxErrorCode;
  /** Default 3, or the pages of the sandbox number `to`. */
  readonly pages?: number;
  /** All of your own metadata. Default `{ order: "1042" }`. */
  readonly tags?: Fax["tags"];
  /** Unix seconds at which the fax was queued. Default: so that the last event is now. */
  readonly queuedAt?: number;
  /** Other fields that are the same in every event, by mintfax's names: `id`, `idempotency_key`, `csid` and so on. */
  readonly fax?: Partial<Omit<FaxConstants, "to" | "tags" | "max_attempts">>;
}

export const OPTION_NAMES: readonly (keyof FaxLifeOptions)[] = [
  "outcome",
  "to",
  "attempts",
  "maxAttempts",
  "errorCode",
  "pages",
  "tags",
  "queuedAt",
  "fax",
];

/** The outcome of the fax of these options, as far as their type tells. */
export type OutcomeOf<Options> = Options extends { readonly outcome: infer Outcome extends FaxOutcome }
  ? Outcome
  : Options extends { readonly to: infer To }
    ? To extends DeliveredNumber
      ? "delivered"
      : To extends FailedNumber
        ? "failed"
        : string extends To
          ? FaxOutcome
          : OutcomeByErrorCode<Options>
    : OutcomeByErrorCode<Options>;

/** An error code leads to a failure. */
type OutcomeByErrorCode<Options> = Options extends { readonly errorCode: string }
  ? "failed"
  : keyof Options & ("outcome" | "errorCode") extends never
    ? "delivered"
    : FaxOutcome;
