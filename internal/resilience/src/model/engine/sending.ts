import { createHmac } from "node:crypto";
import type { IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { EPOCH_MS } from "../simulation/simulation.ts";
import type { Delivery, SentEvent } from "./journal.ts";

const KEY = Buffer.from("a secret of this model only");
export const SECRET: string = `whsec_${KEY.toString("base64")}`;

export function eventOf(number: number): SentEvent {
  const id = `evt_${number}`;
  const object = { id: `fax_${number}`, status: "delivered" };
  const created = Math.floor(EPOCH_MS / 1_000);
  const body = Buffer.from(JSON.stringify({ id, type: "fax.delivered", created, data: { object } }));
  return { id, body, deliveries: [], acknowledged: false, generation: 0 };
}

/** Events are the same in every interleaving, and so are most moments. */
const MACS = new Map<string, string>();

/** A delivery as a framework hands it over, signed when it was sent. */
export function incomingOf(delivery: Delivery): IncomingDelivery<Delivery> {
  const { event, sentMs } = delivery;
  const timestamp = String(Math.floor((EPOCH_MS + sentMs) / 1_000));
  const signed = `${event.id}.${timestamp}.`;
  let mac = MACS.get(signed);
  if (mac === undefined) {
    mac = createHmac("sha256", KEY).update(signed).update(event.body).digest("base64");
    MACS.set(signed, mac);
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
