import type { Secrets } from "@mintfax-webhooks/core";
import { checkGiven, wrongKind } from "../given.ts";
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
 * @throws {TypeError} for a value that is neither an event nor a body, an `at` that is not a valid date, and where `id` is left out
 *   and the body has no id
 * @throws {ConfigurationError} for an option that does not exist
 * @throws {Error} where the reference library refuses a secret
 *
 * @example
 * ```ts
 * const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: "whsec_..." });
 * const response = await fetch("http://127.0.0.1:3000/webhooks/mintfax", { method: "POST", headers, body });
 * ```
 */
export function signDelivery(event: Deliverable, options: SignOptions): SignedDelivery {
  checkGiven(options, ["secret", "id", "at", "requestId"], "signDelivery()");
  const { secret, at = new Date(), requestId } = options;
  if (typeof at?.getTime !== "function" || Number.isNaN(at.getTime())) {
    throw wrongKind(at, "a valid date as `at`", "For milliseconds: new Date(ms).");
  }
  const { id, text } = payloadOf(event, options.id);
  const delivery = new Signer(secret).sign(id, at, text, requestId);
  return typeof event === "string" ? delivery : { ...delivery, event };
}
