import { wrongKind } from "./given.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 22;

/**
 * A random id in the form of mintfax's samples: the prefix, then 22 letters and digits.
 *
 * @throws {TypeError} for a prefix that is not text
 *
 * @example
 * ```ts
 * eventFixture("fax.delivered", { data: { object: { id: randomId("fax_") } } });
 * ```
 */
export function randomId(prefix: string): string {
  if (typeof prefix !== "string") throw wrongKind(prefix, 'a prefix such as "fax_"', 'For none, pass "".');
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  // The remainder favours a few letters a little, which does not matter in a test.
  return prefix + Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}
