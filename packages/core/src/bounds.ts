import { kindOf } from "./check-options.ts";
import { ConfigurationError } from "./errors.ts";

/**
 * @param why what a bound follows from, where that is not obvious
 * @throws {ConfigurationError} for a value that is not a whole number from `min` to `max`
 */
export function within(name: string, value: number, min: number, max: number, why = ""): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  const given = typeof value === "number" ? value : kindOf(value);
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new ConfigurationError(
    "option_out_of_bounds",
    `${name} is ${given}; expected a whole number ${range}${why}.`,
  );
}

const HOUR_MS = 3_600_000;
/** Some dates run out: a Durable Object's alarm cannot be set beyond the year 2189. */
const RETENTION_MAX_MS = 10 * 365 * 24 * HOUR_MS;
/** The engine takes a store that has not answered by then for unreachable. */
const STORE_TIMEOUT_MAX_MS = 5_000;

/** For stores: how long a finished id is remembered. @throws {ConfigurationError} outside one hour to ten years */
export function retentionFrom(retentionMs: number): number {
  return within(
    "retentionMs",
    retentionMs,
    HOUR_MS,
    RETENTION_MAX_MS,
    " (one hour, longer than mintfax's own retries, to ten years)",
  );
}

/** For stores: how long one call is waited for. @throws {ConfigurationError} outside 2 to 5,000 ms */
export function storeTimeoutFrom(timeoutMs: number = 2_000): number {
  return within("timeoutMs", timeoutMs, 2, STORE_TIMEOUT_MAX_MS);
}

/** Standard Webhooks leaves the number open; 300 s either way is what its reference library allows. */
export function toleranceFrom(toleranceSeconds: number = 300): number {
  return within("toleranceSeconds", toleranceSeconds, 1, 86_400);
}

const NAMESPACE_MAX_LENGTH = 256;

/** For receivers and stores: the option `namespace`. @throws {ConfigurationError} for what is not such a text */
export function namespaceFrom(namespace: string = "mintfax"): string {
  const expected = `expected a text of 1 to ${NAMESPACE_MAX_LENGTH} characters, none of them a control character.`;
  if (typeof namespace !== "string") {
    throw new ConfigurationError("option_invalid", `namespace is ${kindOf(namespace)}; ${expected}`);
  }
  if (namespace === "" || namespace.length > NAMESPACE_MAX_LENGTH || /\p{Cc}/u.test(namespace)) {
    throw new ConfigurationError(
      "option_invalid",
      `namespace has ${namespace.length} characters; ${expected}`,
    );
  }
  return namespace;
}
