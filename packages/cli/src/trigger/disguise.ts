import type { Envelope } from "@mintfax-webhooks/core";
import { forge, type SignedDelivery, signDelivery, tamper } from "@mintfax-webhooks/testing";

/** How a delivery is spoilt, to see it refused. */
export type Disguise = "forged" | "stale" | "tampered";

/** Beyond any tolerance that makes sense; the receivers' default is 300 s. */
const STALE_MS = 3_600_000;

/** The event signed, as mintfax would, or spoilt. */
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
