import { ConfigurationError } from "../errors.ts";

const PREFIX = "whsec_";
const MIN_KEY_BYTES = 16;
const CANONICAL_BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

const EXPECTED = `Expected ${PREFIX} followed by base64, as mintfax shows it once when the endpoint is created`;

/**
 * The key behind a secret as mintfax hands it out.
 *
 * Strict on purpose: lenient decoders turn a mistyped secret into another key, and every delivery is then refused
 * as forged with nothing to show for it.
 *
 * @throws {ConfigurationError} saying what is wrong with the secret, never what it is
 */
export function parseSecret(secret: unknown, where: string): Uint8Array<ArrayBuffer> {
  if (typeof secret !== "string") {
    throw malformed(where, `is ${secret === null ? "null" : typeof secret}, not a string`);
  }
  if (secret === "") throw new ConfigurationError("secret_missing", `${where} is empty. ${EXPECTED}.`);
  if (/^["'`]|["'`]$/.test(secret)) throw malformed(where, "has quotes around it; remove them");
  if (/\s/.test(secret)) throw malformed(where, `holds ${whitespaceIn(secret)}; remove it`);
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
      `holds ${PREFIX} twice; several secrets go into an array, or into the variable with spaces between`,
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

function whitespaceIn(secret: string): string {
  const place = /^\s/.test(secret) ? " at its start" : /\s$/.test(secret) ? " at its end" : "";
  return `${/[\r\n]/.test(secret) ? "a line break" : "whitespace"}${place}`;
}

function base64Fault(encoded: string): string {
  if (/[-_]/.test(encoded)) return "it uses the URL-safe alphabet (- and _), expected + and /";
  if (/[^A-Za-z0-9+/=]/.test(encoded)) return "it holds a character outside A-Z a-z 0-9 + / =";
  if (encoded.length % 4 !== 0)
    return `its length, ${encoded.length}, is not a multiple of 4, so a part is missing`;
  return "its last characters are not what an encoder would have written, so one was mistyped or lost";
}
