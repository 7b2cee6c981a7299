const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 22;

/**
 * A random id in the form of mintfax's samples: the prefix, then 22 letters and digits.
 *
 * @example
 * ```ts
 * eventFixture("fax.delivered", { data: { object: { id: randomId("fax_") } } });
 * ```
 */
export function randomId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  // The remainder favours a few letters a little, which does not matter in a test.
  return prefix + Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
