import { equal, type HmacKey, prepareKey, sign } from "#hmac";
import { ConfigurationError } from "../errors.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import type { SignedHeaders } from "./headers.ts";
import { parseSecret } from "./secret.ts";

/** One secret, or several while one is being rotated: whichever matches is accepted. */
export type Secrets = string | readonly string[];

/** Prepared keys, in the order of their secrets. */
export type Keys = readonly HmacKey[];

/** The name mintfax uses in its samples. */
const VARIABLE = "MINTFAX_WEBHOOK_SECRET";

/** @throws {ConfigurationError} where a secret is missing or malformed */
export function keysFrom(secrets: Secrets | undefined): Keys {
  return secrets === undefined ? keysFromVariable() : prepare(secrets, "secret");
}

function keysFromVariable(): Keys {
  // Typed loosely because not every platform has a `process`.
  const env = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env;
  if (env === undefined) {
    throw new ConfigurationError(
      "secret_missing",
      "No signing secret: no `secret` option was given, and this platform has no environment variables. On Cloudflare " +
        `take it from the bindings; in Hono with mintfaxWebhooks((c) => ({ secret: c.env.${VARIABLE} })).`,
    );
  }
  // One variable holds several secrets, separated by whitespace, while one is being rotated.
  const secrets = (env[VARIABLE] ?? "").split(/\s/).filter((secret) => secret !== "");
  if (secrets.length === 0) {
    throw new ConfigurationError(
      "secret_missing",
      `No signing secret: ${VARIABLE} is ${env[VARIABLE] === undefined ? "not set" : "empty"} and no \`secret\` option was given. ` +
        `Set ${VARIABLE} to the whsec_... value that mintfax showed when the endpoint was created.`,
    );
  }
  return prepare(secrets, VARIABLE);
}

function prepare(secrets: Secrets, where: string): Keys {
  if (!Array.isArray(secrets)) return [prepareKey(parseSecret(secrets, where))];
  if (secrets.length === 0) {
    throw new ConfigurationError(
      "secret_missing",
      `${where} is an empty list or missing; expected at least one whsec_... value.`,
    );
  }
  return secrets.map((secret, index) =>
    prepareKey(parseSecret(secret, secrets.length === 1 ? where : `${where}[${index}]`)),
  );
}

/** The index of the key that one of the signatures was made with, or -1. */
export function matchingKey(keys: Keys, signed: SignedHeaders, body: Uint8Array): MaybePromise<number> {
  const prefix = `${signed.id}.${signed.timestamp}.`;
  for (let index = 0; index < keys.length; index++) {
    const expected = sign(keys[index] as HmacKey, prefix, body);
    if (isPromiseLike(expected)) return matchingLater(keys, prefix, body, signed);
    if (isAmong(expected, signed)) return index;
  }
  return -1;
}

async function matchingLater(
  keys: Keys,
  prefix: string,
  body: Uint8Array,
  signed: SignedHeaders,
): Promise<number> {
  const all = await Promise.all(keys.map((key) => sign(key, prefix, body)));
  return all.findIndex((expected) => isAmong(expected, signed));
}

function isAmong(expected: string, { signatures }: SignedHeaders): boolean {
  for (const received of signatures) if (equal(expected, received)) return true;
  return false;
}
