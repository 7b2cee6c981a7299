/** A value, or a promise of it. A value is not wrapped, so that the fast path does not await. */
export type MaybePromise<T> = T | PromiseLike<T>;

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}

/**
 * What foreign code has returned, as the value that is there or as one promise. The `then` of a query builder sends its
 * query each time that it is called: here it is called once, and the promise is what everything waits for.
 */
export function promisedOnce<T>(returned: MaybePromise<T>): T | Promise<T> {
  return isPromiseLike(returned) ? Promise.resolve(returned) : returned;
}
