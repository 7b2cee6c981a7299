import type { Envelope } from "@mintfax-webhooks/core";

/** One signed attempt to deliver an event: its headers, its body and its time. */
export interface SignedDelivery {
  /** `webhook-id`: the event's id, the same on every attempt. */
  readonly id: string;
  /** `webhook-timestamp`: Unix seconds of this attempt. */
  readonly timestamp: number;
  /** All headers that mintfax sends, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** The event that was signed. Left out where the body was given as a string. */
  readonly event?: Envelope<string, unknown>;
}
