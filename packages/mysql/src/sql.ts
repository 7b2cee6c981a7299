import { Buffer } from "node:buffer";

/**
 * A text as bytes in hexadecimal. So no setting of the session can change what it means: neither its character set, nor a
 * collation, nor the mode NO_BACKSLASH_ESCAPES.
 */
export function bytes(text: string): string {
  return `X'${Buffer.from(text).toString("hex")}'`;
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

/**
 * Before a statement that may meet a lock: MariaDB ends the wait after 1 s. Its own limit is 50 s, and it goes on waiting, with
 * what it has locked, when the connection is gone. To MySQL this is a comment.
 */
export const BRIEFLY: string = "/*M!100600 SET STATEMENT innodb_lock_wait_timeout = 1 FOR */";
