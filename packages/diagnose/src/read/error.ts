import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/**
 * A capture cannot be read: it is in none of the known forms, or has no body. The message says why, as the end of a
 * sentence that begins with the capture's name, and quotes only the name of a file.
 */
export class UnreadableCaptureError extends MintfaxWebhookError {
  declare readonly code: "capture_unreadable";

  constructor(message: string) {
    super("capture_unreadable", message);
  }
}
