import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { MaybePromise } from "../maybe-promise.ts";

export type HmacKey = KeyObject;

/** HMAC-SHA256 in base64, the only length that gets this far. */
const SIGNATURE_LENGTH = 44;

// Written and compared in one go, so that no delivery needs buffers of its own.
const expectedBytes = Buffer.alloc(SIGNATURE_LENGTH);
const receivedBytes = Buffer.alloc(SIGNATURE_LENGTH);

export function prepareKey(secret: Uint8Array<ArrayBuffer>): HmacKey {
  return createSecretKey(secret);
}

/** HMAC-SHA256 over `prefix` and `body`, as base64. The body is not copied. */
export function sign(key: HmacKey, prefix: string, body: Uint8Array): MaybePromise<string> {
  return createHmac("sha256", key).update(prefix).update(body).digest("base64");
}

/** Compares two signatures in base64 in a time that depends on their lengths only. */
export function equal(expected: string, received: string): boolean {
  if (expected.length !== SIGNATURE_LENGTH || received.length !== SIGNATURE_LENGTH) return false;
  expectedBytes.write(expected, "latin1");
  receivedBytes.write(received, "latin1");
  return timingSafeEqual(expectedBytes, receivedBytes);
}
