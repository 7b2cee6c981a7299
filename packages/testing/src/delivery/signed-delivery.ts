import type { Envelope } from "@mintfax-webhooks/core";

/** One attempt to deliver an event: what goes over the wire, and when it was signed. */
export interface SignedDelivery {
  /** `webhook-id`: the event's id, the same on every attempt. */
  readonly id: string;
  /** `webhook-timestamp`: Unix seconds of this attempt. */
  readonly timestamp: number;
  /** By lower-case name: everything mintfax sends. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** What was signed, where it was given as an object. */
  readonly event?: Envelope<string, unknown>;
}
