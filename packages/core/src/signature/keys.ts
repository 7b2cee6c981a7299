import { equal, type HmacKey, prepareKey, sign } from "#hmac";
import { environment, isBuild } from "../environment.ts";
import { ConfigurationError } from "../errors.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { print } from "../print.ts";
import type { SignedHeaders } from "./headers.ts";
import { type NamedSecret, parseSecret, secretsIn } from "./secret.ts";

/** One secret, or several while one is being rotated, in a list or separated by whitespace. Each of them is accepted. */
export type Secrets = string | readonly string[];

/** Prepared keys, in the order of their secrets. */
export type Keys = readonly HmacKey[];

/** The name mintfax uses in its samples. */
const VARIABLE = "MINTFAX_WEBHOOK_SECRET";

/** @throws {ConfigurationError} where a secret is missing or malformed */
export function keysFrom(secrets: readonly NamedSecret[]): Keys {
  return secrets.map((secret) => prepareKey(parseSecret(secret)));
}

/**
 * The keys of the environment variable; undefined where it is missing and this is a build, which needs none.
 *
 * @throws {ConfigurationError} where it is missing in a server, or malformed
 */
export function keysInVariable(): Keys | undefined {
  try {
    return keysFrom(secretsInVariable());
  } catch (error) {
    const { code, message } = error as ConfigurationError;
    if (code !== "secret_missing" || !isBuild()) throw error;
    print(`${message} This looks like a build, so the variable is read when a delivery arrives.`);
    return undefined;
  }
}

/**
 * The secrets of an environment variable, where no option names any.
 *
 * @throws {ConfigurationError} where there are none
 */
export function secretsInVariable(): readonly NamedSecret[] {
  const value = variable();
  if (value === undefined || value.trim() === "") {
    throw new ConfigurationError(
      "secret_missing",
      `No signing secret: ${VARIABLE} is ${value === undefined ? "not set" : "empty"} and no \`secret\` option was given. ` +
        `Set ${VARIABLE} to the whsec_... value that mintfax showed when the endpoint was created.`,
    );
  }
  return secretsIn(value, VARIABLE);
}

function variable(): string | undefined {
  const env = environment();
  if (env === undefined) {
    throw new ConfigurationError(
      "secret_missing",
      "No signing secret: no `secret` option was given, and this platform has no environment variables. On Cloudflare " +
        `take it from the bindings; in Hono with mintfaxWebhooks((c) => ({ secret: c.env.${VARIABLE} })).`,
    );
  }
  try {
    return env[VARIABLE];
  } catch (error) {
    throw new ConfigurationError(
      "secret_missing",
      `No signing secret: no \`secret\` option was given, and this process may not read ${VARIABLE}. ` +
        `In Deno, start it with --allow-env=${VARIABLE}.`,
      { cause: error },
    );
  }
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
