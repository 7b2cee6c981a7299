import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { MaybePromise } from "../maybe-promise.ts";

export type HmacKey = KeyObject;

export function prepareKey(secret: Uint8Array<ArrayBuffer>): HmacKey {
  return createSecretKey(secret);
}

/** HMAC-SHA256 over `prefix` and `body`, as base64. The body is not copied. */
export function sign(key: HmacKey, prefix: string, body: Uint8Array): MaybePromise<string> {
  return createHmac("sha256", key).update(prefix).update(body).digest("base64");
}

/** Compares two ASCII strings in a time that depends on their lengths only. */
export function equal(expected: string, received: string): boolean {
  const a = Buffer.from(expected, "latin1");
  const b = Buffer.from(received, "latin1");
  return a.length === b.length && timingSafeEqual(a, b);
}
