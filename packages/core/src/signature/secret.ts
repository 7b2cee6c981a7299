import { kindOf } from "../check-options.ts";
import { ConfigurationError } from "../errors.ts";

const PREFIX = "whsec_";
const MIN_KEY_BYTES = 16;
const CANONICAL_BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

const EXPECTED = `Expected ${PREFIX} followed by base64, as mintfax shows it once when the endpoint is created`;

/**
 * One rule for an option, a variable and a list: whitespace separates several. So a variable that holds two while one
 * is being rotated can be handed over as it is, and a line break at the end of a file does no harm.
 *
 * @throws {ConfigurationError} where there is none
 */
export function secretsIn(secrets: unknown, where: string): readonly NamedSecret[] {
  if (secrets === undefined) {
    throw new ConfigurationError("secret_missing", `${where} is undefined. ${EXPECTED}.`);
  }
  const given: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  const texts = given.flatMap((secret) => (typeof secret === "string" ? partsOf(secret) : [secret]));
  if (texts.length === 0) {
    throw new ConfigurationError(
      "secret_missing",
      `${where} is an empty list; expected at least one ${PREFIX}... value.`,
    );
  }
  return texts.map((text, index) => {
    const name = texts.length === 1 ? where : `${where}[${index}]`;
    if (typeof text !== "string") throw malformed(name, `is ${kindOf(text)}, not a string`);
    if (text === "") throw new ConfigurationError("secret_missing", `${name} is empty. ${EXPECTED}.`);
    return { text, where: name };
  });
}

/** A secret without whitespace, and what to call it in a message. */
export interface NamedSecret {
  readonly text: string;
  readonly where: string;
}

function partsOf(secret: string): string[] {
  const parts = secret.split(/\s+/).filter((part) => part !== "");
  // Blanks alone are an empty secret, not none: a list must not lose its place.
  return parts.length === 0 ? [""] : parts;
}

/**
 * The key behind a secret as mintfax hands it out.
 *
 * Strict on purpose: lenient decoders turn a mistyped secret into another key, and every delivery is then refused
 * as forged with nothing to show for it.
 *
 * @throws {ConfigurationError} saying what is wrong with the secret, never what it is
 */
export function parseSecret({ text: secret, where }: NamedSecret): Uint8Array<ArrayBuffer> {
  if (/^["'`]|["'`]$/.test(secret)) throw malformed(where, "has quotes around it; remove them");
  if (secret.startsWith("v1,")) {
    throw malformed(where, "starts with `v1,`, which belongs to signatures; remove these three characters");
  }
  if (!secret.startsWith(PREFIX)) {
    throw malformed(
      where,
      `does not start with ${PREFIX}; API keys (mfx_...) and bare base64 are not signing secrets`,
    );
  }
  const encoded = secret.slice(PREFIX.length);
  if (encoded.includes(PREFIX)) {
    throw malformed(
      where,
      `holds ${PREFIX} twice; separate several secrets by whitespace, or put them into an array`,
    );
  }
  if (encoded === "") throw malformed(where, `ends after ${PREFIX}`);
  if (encoded.startsWith("test_")) {
    throw malformed(
      where,
      "starts with whsec_test_, a form of mintfax's old signatures; create a new endpoint",
    );
  }
  if (!CANONICAL_BASE64.test(encoded))
    throw malformed(where, `is not base64 after ${PREFIX}: ${base64Fault(encoded)}`);
  const key = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  if (key.length < MIN_KEY_BYTES) {
    throw new ConfigurationError(
      "secret_too_short",
      `${where} holds ${key.length} bytes, at least ${MIN_KEY_BYTES} are needed. It may have been cut when copied. ${EXPECTED}.`,
    );
  }
  return key;
}

function malformed(where: string, fault: string): ConfigurationError {
  return new ConfigurationError("secret_malformed", `${where} ${fault}. ${EXPECTED}.`);
}

function base64Fault(encoded: string): string {
  if (/[-_]/.test(encoded)) return "it uses the URL-safe alphabet (- and _), expected + and /";
  if (/[^A-Za-z0-9+/=]/.test(encoded)) return "it holds a character outside A-Z a-z 0-9 + / =";
  if (encoded.length % 4 !== 0)
    return `its length, ${encoded.length}, is not a multiple of 4, so a part is missing`;
  return "its last characters are not what an encoder would have written, so one was mistyped or lost";
}
