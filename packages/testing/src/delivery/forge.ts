import { checkDelivery, type SignedDelivery } from "./signed-delivery.ts";
import { Signer } from "./signer.ts";

/**
 * The same delivery, signed with a random key. It is well-formed, but a receiver must refuse it.
 *
 * @throws {TypeError} for a value that is not a signed delivery
 *
 * @example
 * ```ts
 * await sender.send(forge(signDelivery(event, { secret }))); // status 400
 * ```
 */
export function forge(delivery: SignedDelivery): SignedDelivery {
  checkDelivery(delivery);
  const key = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(24)));
  const signer = new Signer(`whsec_${btoa(key)}`);
  const text = new TextDecoder().decode(delivery.body);
  const signature = signer.signature(delivery.id, new Date(delivery.timestamp * 1000), text);
  return { ...delivery, headers: { ...delivery.headers, "webhook-signature": signature } };
}
