import { MintfaxWebhookError } from "@mintfax-webhooks/core";

/**
 * A queue could not store an event, or did not say so in time. A queue throws it (or any other error, which means the
 * same); the delivery is answered with 503, and mintfax sends it again.
 */
export class QueueUnavailableError extends MintfaxWebhookError {
  declare readonly code: "queue_unavailable";

  /** @param message the default log prints it in full, and that of its cause: they must not quote a message's body */
  constructor(message: string, options?: ErrorOptions) {
    super("queue_unavailable", message, options);
  }
}

/**
 * A queue answers, but cannot work as it is set up: a missing table, a missing binding. A queue throws it; the
 * delivery is answered with 500, and the log says what to change.
 */
export class QueueMisconfiguredError extends MintfaxWebhookError {
  declare readonly code: "queue_misconfigured";

  /** @param message what is wrong and what to change; the default log prints it in full */
  constructor(message: string, options?: ErrorOptions) {
    super("queue_misconfigured", message, options);
  }
}

/**
 * What a processor throws where its engine has to try a message again, or to park it. Engines write its text into their
 * tables, so it holds nothing of what a handler threw and has no cause.
 */
export class MessageFailedError extends MintfaxWebhookError {
  declare readonly code: "message_failed";

  constructor(message: string) {
    super("message_failed", message);
    // Its frames say nothing of the handler, and engines store them with every attempt.
    this.stack = `${this.name}: ${message}`;
  }
}
