import { createHash, hash, timingSafeEqual } from "node:crypto";
import type { MaybePromise } from "../maybe-promise.ts";

/** Of SHA-256, in bytes. */
const BLOCK = 64;
const DIGEST = 32;
/** HMAC-SHA256 in base64, the only length that gets this far. */
const SIGNATURE_LENGTH = 44;
/** What is signed is hashed in one go up to here; events of mintfax have some 1,000 bytes. Copying more would cost more than it saves. */
const MESSAGE_BYTES = 4_096;

// Written, hashed and compared in one go, so that no delivery needs buffers of its own.
const message = Buffer.alloc(BLOCK + MESSAGE_BYTES);
const outerMessage = Buffer.alloc(BLOCK + DIGEST);
const expectedBytes = Buffer.alloc(SIGNATURE_LENGTH);
const receivedBytes = Buffer.alloc(SIGNATURE_LENGTH);

/**
 * HMAC-SHA256 as RFC 2104 defines it, by two hashes. Node's own `createHmac` makes an object for each signature, and takes half as
 * long again for an event. The fields are private, so that no log prints them.
 */
export class HmacKey {
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  constructor(secret: Uint8Array) {
    const key = secret.length > BLOCK ? hash("sha256", secret, "buffer") : secret;
    const padded = Buffer.alloc(BLOCK);
    padded.set(key);
    this.#inner = padded.map((byte) => byte ^ 0x36);
    this.#outer = padded.map((byte) => byte ^ 0x5c);
  }

  sign(prefix: string, body: Uint8Array): string {
    outerMessage.set(this.#outer);
    outerMessage.write(this.#innerDigest(prefix, body), BLOCK, "latin1");
    return hash("sha256", outerMessage, "base64");
  }

  /** A character for each byte. */
  #innerDigest(prefix: string, body: Uint8Array): string {
    if (prefix.length + body.length > MESSAGE_BYTES) {
      return createHash("sha256").update(this.#inner).update(prefix).update(body).digest("binary");
    }
    message.set(this.#inner);
    const start = BLOCK + message.write(prefix, BLOCK, "latin1");
    message.set(body, start);
    return hash("sha256", message.subarray(0, start + body.length), "binary");
  }
}

export function prepareKey(secret: Uint8Array<ArrayBuffer>): HmacKey {
  return new HmacKey(secret);
}

/**
 * HMAC-SHA256 over `prefix` and `body`, as base64.
 *
 * @param prefix ASCII
 */
export function sign(key: HmacKey, prefix: string, body: Uint8Array): MaybePromise<string> {
  return key.sign(prefix, body);
}

/** Compares two signatures in base64 in a time that depends on their lengths only. */
export function equal(expected: string, received: string): boolean {
  if (expected.length !== SIGNATURE_LENGTH || received.length !== SIGNATURE_LENGTH) return false;
  expectedBytes.write(expected, "latin1");
  receivedBytes.write(received, "latin1");
  return timingSafeEqual(expectedBytes, receivedBytes);
}
