import { within } from "@mintfax-webhooks/core/store";

/** A message that will not be tried again by itself. */
export interface ParkedMessage {
  /** The engine's own id of it: what `retry` and `drop` take. */
  readonly key: string;
  /** What the engine has kept of the message: a JSON value, its body sealed where it was. */
  readonly message: unknown;
  readonly parkedAt: Date | undefined;
  readonly attempts: number;
  /** What the last attempt ended with, as the worker has told the engine. */
  readonly reason: string | undefined;
}

/** What is parked in an engine. Each engine has one in a subpath of this package. */
export interface Parked {
  /** The oldest first. @param limit how many at most, up to 10,000; default 100 */
  list(limit?: number): Promise<ParkedMessage[]>;
  /** One of them; undefined where it is not parked. */
  get(key: string): Promise<ParkedMessage | undefined>;
  /** Has the engine try it again, from the first attempt. Whether it was there. */
  retry(key: string): Promise<boolean>;
  /** Deletes it for good. Whether it was there. */
  drop(key: string): Promise<boolean>;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 10_000;

/** @throws {ConfigurationError} for a limit that is out of bounds */
export function limitFrom(limit: number = LIMIT_DEFAULT): number {
  return within("limit", limit, 1, LIMIT_MAX);
}
