/** A value, or a promise of it. A value is not wrapped, so that the fast path does not await. */
export type MaybePromise<T> = T | PromiseLike<T>;

export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}

/**
 * One promise of what foreign code has promised. The `then` of a query builder sends its query each time that it is called:
 * here it is called once, and the promise is what everything waits for. A promise may have a `then` of its own as well, which
 * throws or answers twice: here it settles once.
 */
export function promiseOf<T>(promised: PromiseLike<T>): Promise<T> {
  return promised.then === Promise.prototype.then
    ? Promise.resolve(promised)
    : new Promise((resolve) => resolve(promised));
}
