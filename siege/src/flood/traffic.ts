import { createHmac } from "node:crypto";
import { PATH, SECRET } from "../setting.ts";

const KEY = Buffer.from(SECRET.slice("whsec_".length), "base64");

/** What forgers send. */
export const KINDS = [
  "bad signature",
  "stale replay",
  "unknown id",
  "giant signature",
  "oversized",
  "slow body",
] as const;

export type Kind = (typeof KINDS)[number];

interface Delivery {
  readonly id: string;
  readonly timestamp: number;
  readonly body: Buffer;
  readonly signature: string;
}

export function bodyOf(id: string): Buffer {
  const object = { id: "fax_1", status: "delivered", pages: 3, tags: { order: "4711" } };
  const created = Math.floor(Date.now() / 1_000);
  return Buffer.from(JSON.stringify({ id, type: "fax.delivered", created, data: { object } }));
}

export function signatureOf(id: string, timestamp: number, body: Buffer): string {
  return `v1,${createHmac("sha256", KEY).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

/** The headers that a sender of deliveries sets. */
export function headersOf({ id, timestamp, signature }: Omit<Delivery, "body">): Record<string, string> {
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signature,
  };
}

function written(delivery: Delivery, length = delivery.body.length): Buffer {
  const headers = { host: "clinic.example", ...headersOf(delivery), "content-length": String(length) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([
    Buffer.from([`POST ${PATH} HTTP/1.1`, ...lines, "", ""].join("\r\n"), "latin1"),
    delivery.body,
  ]);
}

const FORGED = `v1,${"A".repeat(43)}=`;
/** Captured long ago: nothing is wrong with it but its age. */
const CAPTURED_SECONDS_AGO = 3_600;
/** Node takes 16 KiB of headers; we take 2 KiB of signature. */
const GIANT_SIGNATURE = `${FORGED} `.repeat(200);
const OVERSIZED_BYTES = 10 * 2 ** 20;

let count = 0;

/** Bytes of a forged request, and whether the connection can be used again after its answer. */
export function forged(kind: Kind): { readonly bytes: Buffer; readonly reusable: boolean } {
  count += 1;
  const timestamp = Math.floor(Date.now() / 1_000);
  const id = kind === "bad signature" ? `evt_good${count % 100}` : `evt_forged${count}`;
  const body = bodyOf(id);
  const delivery = { id, timestamp, body, signature: FORGED };
  switch (kind) {
    case "stale replay": {
      const then = timestamp - CAPTURED_SECONDS_AGO;
      const signature = signatureOf(id, then, body);
      return { bytes: written({ ...delivery, timestamp: then, signature }), reusable: true };
    }
    case "giant signature":
      return { bytes: written({ ...delivery, signature: GIANT_SIGNATURE }), reusable: true };
    case "oversized":
      return { bytes: written(delivery, OVERSIZED_BYTES), reusable: false };
    case "slow body":
      return { bytes: written(delivery, body.length + 1_000), reusable: false };
    default:
      return { bytes: written(delivery), reusable: true };
  }
}
