import { withinLimit } from "@mintfax-webhooks/core/store";

/** How long a binding may take. */
const LIMIT_MS = 10_000;

/** Asks a binding, which may throw and may hang. */
export function inTime<T>(ask: () => PromiseLike<T>): Promise<T> {
  return withinLimit(
    Promise.resolve().then(ask),
    LIMIT_MS,
    (limitMs) => new Error(`no answer within ${limitMs} ms`),
  );
}
