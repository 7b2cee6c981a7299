import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/** The kinds of {@link FaxLifeError}. */
type FaxLifeErrorCode = "options_contradict" | "option_out_of_bounds" | "no_events";

/** Thrown by {@link faxLife} for a life that mintfax would not send. `code` is stable over versions. */
export class FaxLifeError extends MintfaxWebhookError {
  declare readonly code: FaxLifeErrorCode;

  constructor(code: FaxLifeErrorCode, message: string) {
    super(code, `faxLife: ${message}`);
  }
}
