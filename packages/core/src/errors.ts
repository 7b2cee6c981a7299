/** The codes of a {@link ConfigurationError}. */
export type ConfigurationErrorCode =
  | "secret_missing"
  | "secret_malformed"
  | "secret_too_short"
  | "option_out_of_bounds"
  | "option_invalid"
  | "option_unknown"
  | "store_invalid"
  | "parentheses_missing"
  | "request_expected"
  | "event_type_unknown"
  | "handler_duplicate"
  | "handler_invalid";

/** Base of every error this library creates. `code` is stable over versions; `message` is for people. */
export class MintfaxWebhookError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Thrown while a receiver is being set up: a secret, an option or a handler that cannot work. Never holds the secret. */
export class ConfigurationError extends MintfaxWebhookError {
  declare readonly code: ConfigurationErrorCode;

  constructor(code: ConfigurationErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * A dedup store could not be reached or did not answer in time. A store throws it (or any other error, which means
 * the same); the delivery is answered with 503 and mintfax sends it again.
 */
export class StoreUnavailableError extends MintfaxWebhookError {
  declare readonly code: "store_unavailable";

  constructor(message: string, options?: ErrorOptions) {
    super("store_unavailable", message, options);
  }
}

/**
 * A dedup store answers, but cannot work as it is set up: a missing table or binding, a wrong database or role. A store
 * throws it (or any error with this `code`); the delivery is answered with 500, and the log says what to change.
 */
export class StoreMisconfiguredError extends MintfaxWebhookError {
  declare readonly code: "store_misconfigured";

  /** @param message what is wrong and what to change; the default log prints it in full */
  constructor(message: string, options?: ErrorOptions) {
    super("store_misconfigured", message, options);
  }
}

/** The reason on a handler's `signal` when it is past its deadline: mintfax has been answered with 503, or the queue tries again later. */
export class DeadlineExceededError extends MintfaxWebhookError {
  declare readonly code: "deadline_exceeded";

  constructor(deadlineMs: number) {
    super(
      "deadline_exceeded",
      `The handler was still running at its deadline, after ${deadlineMs} ms. Stop the work, or let it finish: ` +
        "its claim is kept until its promise settles.",
    );
  }
}

/** The reason on a handler's `signal` when another delivery took over its lease. Stop: the result will be discarded. */
export class LeaseLostError extends MintfaxWebhookError {
  declare readonly code: "lease_lost";

  constructor() {
    super(
      "lease_lost",
      "The lease on this event ran out and another delivery has taken it over. Stop the work: its result is discarded.",
    );
  }
}

/**
 * The transaction that a transactional store gave to a handler has ended. It is the reason on the handler's `signal` where
 * that happened before the handler had ended (its connection broke), and what a use of `tx` after the end is refused
 * with.
 */
export class TransactionEndedError extends MintfaxWebhookError {
  declare readonly code: "transaction_ended";

  constructor(message: string, options?: ErrorOptions) {
    super("transaction_ended", message, options);
  }
}

/**
 * A database refused to commit what a handler wrote: a deferred constraint, or a failed statement that the handler hid.
 * A transactional store rejects with it (or with any error of this `code`); the delivery is answered as one whose handler
 * failed. `cause` is what the database said.
 */
export class TransactionRefusedError extends MintfaxWebhookError {
  declare readonly code: "transaction_refused";

  constructor(message: string, options?: ErrorOptions) {
    super("transaction_refused", message, options);
  }
}

/** A shutdown reached its limit: all connections have been closed, and what was not finished mintfax sends again. */
export class ShutdownIncompleteError extends MintfaxWebhookError {
  declare readonly code: "shutdown_incomplete";

  /** @param waitingFor what had not ended by then */
  constructor(limitMs: number, waitingFor: string) {
    super(
      "shutdown_incomplete",
      `The shutdown did not end within ${limitMs} ms: it was waiting for ${waitingFor}. All connections were closed, ` +
        "and mintfax sends again every delivery that got no 2xx. If handlers need more time, raise `limitMs`.",
    );
  }
}

/** Why the body of a delivery could not be had. */
export type BodyErrorCode = "body_too_large" | "body_timeout" | "body_incomplete" | "body_already_parsed";

/** Thrown by {@link IncomingDelivery.readBody}. */
export class BodyError extends MintfaxWebhookError {
  declare readonly code: BodyErrorCode;

  constructor(code: BodyErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
