import type { Fax, FaxErrorCode, OpenString } from "@mintfax-webhooks/core";
import type { DeliveredNumber, FailedNumber, FaxOutcome, SandboxNumber } from "./sandbox.ts";
import type { FaxConstants } from "./story.ts";

/** Options of {@link faxLife}. What is left out follows from the rest. */
export interface FaxLifeOptions {
  /** Default: what `to` stands for; else `"failed"` if there is an `errorCode`; else `"delivered"`. */
  readonly outcome?: FaxOutcome;
  /**
   * The destination. A number of mintfax's sandbox brings its scenario along: `"+15005550008"` is refused as
   * `invalid_number` at the first attempt, `"+15005550004"` is delivered by the second. Default: the sandbox's
   * number for the error code, or one that means nothing.
   */
  readonly to?: OpenString<SandboxNumber>;
  /**
   * How many attempts mintfax makes, 1 to 5. Default: 1 for a fax that is delivered, 2 if there is an `errorCode`
   * too; for one that fails, `maxAttempts`, or 1 after `invalid_number`, `bad_destination` and `no_route`.
   */
  readonly attempts?: number;
  /** How many it may make, 1 to 5. Default 3, or `attempts` if that says otherwise. */
  readonly maxAttempts?: number;
  /** Why attempts fail: all of a failed fax, all but the last of a delivered one. Default `"busy"`. */
  readonly errorCode?: FaxErrorCode;
  /** Default 3, or what `to` stands for. */
  readonly pages?: number;
  /** Your own metadata, as a whole. Default `{ order: "1042" }`. */
  readonly tags?: Fax["tags"];
  /** Unix seconds at which the fax was queued. Default: as long ago as it takes for the last event to be now. */
  readonly queuedAt?: number;
  /** What else is the same in every event, by mintfax's names: `id`, `idempotency_key`, `csid` and so on. */
  readonly fax?: Partial<Omit<FaxConstants, "to" | "tags" | "max_attempts">>;
}

/** How the fax of these options ends, where their type tells. */
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
