import type { Envelope } from "@mintfax-webhooks/core";
import { forge, type SignedDelivery, signDelivery, tamper } from "@mintfax-webhooks/testing";

/** How a delivery is spoilt, so that a receiver must refuse it. */
export type Disguise = "forged" | "stale" | "tampered";

/** Beyond any sensible tolerance. The receivers' default is 300 s. */
const STALE_MS = 3_600_000;

/** The event signed as mintfax signs, or spoilt. */
export function deliveryOf(
  event: Envelope<string, unknown>,
  secret: readonly string[],
  disguise: Disguise | undefined,
): SignedDelivery {
  const at = new Date(Date.now() - (disguise === "stale" ? STALE_MS : 0));
  const delivery = signDelivery(event, { secret, at });
  if (disguise === "forged") return forge(delivery);
  return disguise === "tampered" ? tamper(delivery) : delivery;
}
