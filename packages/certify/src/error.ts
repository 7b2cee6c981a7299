import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/** The receiver, or `runsUrl`, could not be asked. */
export class CertifyError extends MintfaxWebhookError {
  declare readonly code: "receiver_unreachable" | "runs_unreadable";
}
