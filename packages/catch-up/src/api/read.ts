/** Reading what mintfax, or a proxy in its place, has answered. Nothing of it is taken for granted. */

/** Letters, digits, `_` and `-`: ids become parts of paths. */
const ID = /^[A-Za-z0-9_-]{1,128}$/;
const WORD = /^[A-Za-z0-9_.-]{1,64}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/i;

export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

/** A name for programs, such as the `error` of mintfax's error envelope; undefined for anything longer or stranger. */
export function wordFrom(value: unknown): string | undefined {
  return typeof value === "string" && WORD.test(value) ? value : undefined;
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * Milliseconds since 1970 of an ISO 8601 time. Without an offset it is UTC, as all of mintfax's times are: `Date.parse`
 * would take it for local time.
 */
export function timeFrom(value: unknown): number | undefined {
  const match = typeof value === "string" ? TIME.exec(value) : null;
  if (match === null) return undefined;
  const [, date, time, fraction = "", offset = "Z"] = match;
  const zone = offset.toUpperCase() === "Z" ? "Z" : offset.replace(/^(...):?(..)$/, "$1:$2");
  const ms = Date.parse(`${date}T${time}.${fraction.padEnd(3, "0").slice(0, 3)}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A whole number of at least `min`, also where it is written as text, as mintfax's reference has some. */
export function wholeFrom(value: unknown, min: number): number | undefined {
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= min ? number : undefined;
}
