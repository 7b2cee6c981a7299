import { isPromiseLike } from "./maybe-promise.ts";

/** Calls foreign code whose result is not waited for. */
export function callUnawaited<A>(
  call: (argument: A) => unknown,
  argument: A,
  onFailure: (error: unknown, argument: A) => void,
): void {
  try {
    const result = call(argument);
    if (isPromiseLike(result)) Promise.resolve(result).then(undefined, (error) => onFailure(error, argument));
  } catch (error) {
    onFailure(error, argument);
  }
}
