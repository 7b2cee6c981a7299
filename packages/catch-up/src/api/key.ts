import { CatchUpError } from "../errors.ts";

const KEY = /^mfx_(?:test|live)_[\x21-\x7e]{8,512}$/;

/**
 * @param given the option; default: the variable `MINTFAX_API_KEY`
 * @throws {CatchUpError} for a key that cannot work. Never holds the key.
 */
export function apiKeyFrom(given: string | undefined): string {
  const key = given ?? fromEnvironment();
  const from = given === undefined ? "MINTFAX_API_KEY" : "apiKey";
  if (key === undefined || key === "") {
    throw new CatchUpError(
      "api_key_missing",
      given === undefined
        ? "There is no API key. Set the variable MINTFAX_API_KEY or the option apiKey to a key of the endpoint's environment."
        : "apiKey is empty. Expected a key of the endpoint's environment (mfx_live_... or mfx_test_...).",
    );
  }
  if (typeof key === "string" && key.trim().startsWith("mfx_acct_")) {
    throw new CatchUpError(
      "api_key_of_account",
      `${from} is an account key (mfx_acct_). It manages the account, and mintfax lets it touch no environment: its ` +
        "webhooks and faxes need a key of their environment (mfx_live_... or mfx_test_...).",
    );
  }
  if (typeof key !== "string" || !KEY.test(key)) {
    throw new CatchUpError(
      "api_key_malformed",
      `${from} ${faultOf(key)}. Expected mfx_live_... or mfx_test_....`,
    );
  }
  return key;
}

function faultOf(key: unknown): string {
  if (typeof key !== "string") return `is ${key === null ? "null" : `a ${typeof key}`}`;
  if (/^\s|\s$/.test(key)) return "has whitespace before or after the key";
  if (key.startsWith("whsec_"))
    return "is a signing secret (whsec_), which verifies deliveries and opens no API";
  if (/^["'`]/.test(key)) return "has quotes around the key";
  if (/^bearer\s/i.test(key)) return "begins with Bearer";
  return "does not have the form of a mintfax API key";
}

function fromEnvironment(): string | undefined {
  try {
    // Typed loosely because not every platform has a `process`.
    const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
    return process?.env?.MINTFAX_API_KEY;
  } catch {
    // Deno without --allow-env.
    return undefined;
  }
}
