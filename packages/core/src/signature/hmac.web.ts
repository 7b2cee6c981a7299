/** Where there is no `node:crypto`. Web Crypto imports a key asynchronously, so the key is a promise, made once. */
export type HmacKey = Promise<CryptoKey>;

const encoder = new TextEncoder();

export function prepareKey(secret: Uint8Array<ArrayBuffer>): HmacKey {
  const key = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  // The first call of `sign` sees a failure. Without this, a rejection before that call would end the process.
  key.catch(() => {});
  return key;
}

/**
 * HMAC-SHA256 over `prefix` and `body`, as base64. Web Crypto has no streaming form, hence the one copy.
 *
 * @param prefix ASCII
 */
export async function sign(key: HmacKey, prefix: string, body: Uint8Array): Promise<string> {
  const content = new Uint8Array(prefix.length + body.length);
  encoder.encodeInto(prefix, content);
  content.set(body, prefix.length);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", await key, content));
  return btoa(String.fromCharCode.apply(undefined, digest as unknown as number[]));
}

/** Compares two ASCII strings in a time that depends on their lengths only. */
export function equal(expected: string, received: string): boolean {
  if (expected.length !== received.length) return false;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ received.charCodeAt(i);
  return difference === 0;
}
