import type { Secrets } from "@mintfax-webhooks/core";
import { type Deliverable, payloadOf } from "./payload.ts";
import type { SignedDelivery } from "./signed-delivery.ts";
import { Signer } from "./signer.ts";

/** Options of {@link signDelivery}. */
export interface SignOptions {
  /** `whsec_...`. Several, as during a rotation, make a signature with a token for each. */
  readonly secret: Secrets;
  /** `webhook-id`. Default: the event's own `id`. */
  readonly id?: string;
  /** The time of this attempt. Default: now. An earlier time makes a stale delivery. */
  readonly at?: Date;
  /** `Request-Id`. Default: a random one. */
  readonly requestId?: string;
}

/**
 * Makes a delivery as mintfax makes it, signed by the reference library of Standard Webhooks.
 *
 * @param event an event, or the body as a string
 * @throws {TypeError} where `id` is left out and the body has no id
 * @throws {Error} where the reference library refuses a secret
 *
 * @example
 * ```ts
 * const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: "whsec_..." });
 * const response = await fetch("http://127.0.0.1:3000/webhooks/mintfax", { method: "POST", headers, body });
 * ```
 */
export function signDelivery(event: Deliverable, options: SignOptions): SignedDelivery {
  const { secret, at = new Date(), requestId } = options;
  const { id, text } = payloadOf(event, options.id);
  const delivery = new Signer(secret).sign(id, at, text, requestId);
  return typeof event === "string" ? delivery : { ...delivery, event };
}
