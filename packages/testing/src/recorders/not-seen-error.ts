import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/** Thrown by `waitFor` of a recorder when the awaited event or record does not come. `code` is stable over versions. */
export class NotSeenError extends MintfaxWebhookError {
  declare readonly code: "not_seen";

  constructor(message: string) {
    super("not_seen", message);
  }
}
