import { createHmac } from "node:crypto";
import type { IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { EPOCH_MS } from "./simulation.ts";

const KEY = Buffer.from("a secret of this model only");
export const SECRET: string = `whsec_${KEY.toString("base64")}`;

/** One attempt at an event. */
interface Sent {
  readonly event: { readonly id: string; readonly body: Uint8Array };
  readonly sentMs: number;
}

export function bodyOf(id: string, number: number, type = "fax.delivered"): Uint8Array {
  const object = { id: `fax_${number}`, status: "delivered" };
  const created = Math.floor(EPOCH_MS / 1_000);
  return Buffer.from(JSON.stringify({ id, type, created, data: { object } }));
}

/** Events are the same in every interleaving, and so are most moments. */
const MACS = new Map<string, string>();

/** A delivery as a framework hands it over, signed when it was sent. */
export function incomingOf<Delivery extends Sent>(delivery: Delivery): IncomingDelivery<Delivery> {
  const { event, sentMs } = delivery;
  const timestamp = String(Math.floor((EPOCH_MS + sentMs) / 1_000));
  const signed = `${event.id}.${timestamp}.`;
  const name = `${signed}${event.body.length}`;
  let mac = MACS.get(name);
  if (mac === undefined) {
    mac = createHmac("sha256", KEY).update(signed).update(event.body).digest("base64");
    MACS.set(name, mac);
  }
  const headers: Record<string, string> = {
    "webhook-id": event.id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${mac}`,
  };
  return {
    method: "POST",
    header: (name) => headers[name],
    readBody: async () => event.body,
    platform: delivery,
  };
}
