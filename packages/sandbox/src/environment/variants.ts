import { forge, type SignedDelivery, signDelivery, tamper } from "@mintfax-webhooks/testing";
import type { Variant } from "./attempts.ts";

/** Older than any receiver allows: the reference library takes 300 s. */
const STALE_MS = 3_600_000;

export interface SignedEvent {
  readonly id: string;
  readonly body: string;
  readonly secrets: readonly string[];
}

/** What a receiver has to refuse, or has had before. */
export function variantOf(
  variant: Variant,
  { id, body, secrets }: SignedEvent,
  nowMs: number,
): SignedDelivery {
  const signed = (atMs: number): SignedDelivery =>
    signDelivery(body, { secret: secrets, id, at: new Date(atMs) });
  switch (variant) {
    case "copy":
      return signed(nowMs);
    case "forged":
      return forge(signed(nowMs));
    case "stale":
      return signed(nowMs - STALE_MS);
    case "tampered":
      return tamper(signed(nowMs));
  }
}
