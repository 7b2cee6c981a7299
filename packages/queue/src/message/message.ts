/** The version that this package writes. It reads this one and all earlier ones. */
export const MESSAGE_VERSION = 1;

/** OpenTelemetry's context, in the form of W3C Trace Context. */
export interface Trace {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** What a queue holds: a JSON value. Only `body` has anything of a fax, and it can be sealed. */
export interface QueuedMessage {
  readonly version: typeof MESSAGE_VERSION;
  /** Of the receiver. */
  readonly namespace: string;
  /** The event's `webhook-id`. */
  readonly id: string;
  /** The event's type. */
  readonly type: string;
  /** When mintfax generated the event, in Unix seconds. */
  readonly created: number;
  /** When it was handed to the queue, in Unix milliseconds. */
  readonly enqueuedAt: number;
  /** The text that the receiver has verified; base64 of the encrypted text where there is a `seal`. */
  readonly body: string;
  /** Which key has encrypted `body`, and the nonce in base64. */
  readonly seal?: { readonly key: string; readonly nonce: string };
  readonly trace?: Trace;
}
