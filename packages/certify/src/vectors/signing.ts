import { createHmac } from "node:crypto";

/** The base64 of an HMAC-SHA256, as Standard Webhooks signs: over `id.timestamp.body`. */
export function macOf(key: Uint8Array, id: string, timestamp: string, body: Uint8Array): string {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

/** The key of a `whsec_` secret. */
export function keyOf(secret: string): Uint8Array {
  return Buffer.from(secret.slice("whsec_".length), "base64");
}
