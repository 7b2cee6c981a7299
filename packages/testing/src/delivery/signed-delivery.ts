import type { Envelope } from "@mintfax-webhooks/core";
import { wrongKind } from "../given.ts";

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

/**
 * Also one that a test has captured or written by hand.
 *
 * @throws {TypeError} for another value, such as an event
 */
export function checkDelivery(given: unknown): void {
  const { headers, body } = (given ?? {}) as Partial<Record<keyof SignedDelivery, unknown>>;
  // By its shape: a body of jsdom, or of another realm, is of another class.
  if (typeof headers === "object" && headers !== null && ArrayBuffer.isView(body)) return;
  throw wrongKind(
    given,
    "a signed delivery, with `headers` and the bytes of a `body`",
    "To make one: signDelivery(event, { secret }). To send an event: sender.attempt(event) or sender.deliver(event).",
  );
}
