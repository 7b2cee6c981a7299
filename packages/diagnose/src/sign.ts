import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8 } from "./body/bytes.ts";

/**
 * HMAC-SHA256 in JavaScript, not the platform's: `node:crypto` is Node's alone, and Web Crypto is asynchronous, which adds
 * a wait to each of thousands of signatures.
 */
export function hmacSha256(key: Uint8Array, prefix: string, body: Uint8Array): Uint8Array {
  return hmac.create(sha256, key).update(utf8.encode(prefix)).update(body).digest();
}
