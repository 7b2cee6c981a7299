/**
 * A text as bytes in hexadecimal. So no setting of the session can change what it means: neither its character set, nor a
 * collation, nor the mode NO_BACKSLASH_ESCAPES.
 */
export function bytes(text: string): string {
  const hex = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"));
  return `X'${hex.join("")}'`;
}

/**
 * The server's clock when the statement began, in microseconds since 1970, in UTC: the session's time zone may have an hour
 * twice.
 */
export const NOW: string = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6))";

/** @param ms milliseconds from the server's now */
export function later(ms: number): string {
  return `${NOW} + ${wholeFrom(ms) * 1_000}`;
}

/** For what stands in a statement as a number. */
export function wholeFrom(value: number): number {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a whole number`);
  return value;
}
