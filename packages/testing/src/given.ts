import { checkOptions } from "@mintfax-webhooks/core/store";

/** What a test may pass in place of what is expected, by the members that tell it. */
const KINDS: readonly (readonly [kind: string, members: readonly string[]])[] = [
  ["a promise: await it", ["then"]],
  ["a Date", ["getTime"]],
  ["a Response", ["status", "headers", "arrayBuffer"]],
  ["a Request", ["method", "headers", "arrayBuffer"]],
  ["a signed delivery", ["headers", "body"]],
  ["an event", ["type", "data"]],
  ["an attempt", ["status", "startedMs"]],
  ["a delivery report", ["accepted", "attempts"]],
  ["a delivery under way", ["retryNow", "done"]],
  ["the life of a fax", ["events", "terminal"]],
];

/**
 * An error that says what was given, and not what is in it: that may be a secret or a phone number.
 *
 * @param wanted as in "Expected an event"
 * @param fix one or more sentences
 */
export function wrongKind(value: unknown, wanted: string, fix: string): TypeError {
  return new TypeError(`Expected ${wanted}; got ${kindOf(value)}. ${fix}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return "text";
  // One that is NaN, as a failed calculation gives.
  if (typeof value === "number") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return KINDS.find(([, members]) => members.every((name) => name in value))?.[0] ?? "an object";
}

export function isEvent(value: unknown): boolean {
  return typeof value === "object" && value !== null && "id" in value && "type" in value;
}

/**
 * @param known names of all options. One that is undefined stands for its default
 * @throws {ConfigurationError} code `option_invalid` or `option_unknown`
 */
export function checkGiven(options: unknown, known: readonly string[], of: string): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const defined = (): object =>
    Object.fromEntries(Object.entries(options as object).filter(([, value]) => value !== undefined));
  checkOptions(isObject ? defined() : options, known, of);
}

/** The longest wait of a timer; a longer one ends at once. */
const LONGEST_MS = 2_147_483_647;

/** @throws {TypeError} where a timer could not wait for so long */
export function checkMs(name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= LONGEST_MS) return;
  throw wrongKind(
    value,
    `\`${name}\` in milliseconds, from 0 to ${LONGEST_MS}`,
    "Give a number, or leave it out.",
  );
}
