import { withoutMessage } from "../error-text.ts";
import { isPromiseLike } from "../maybe-promise.ts";
import { logProblems, print } from "./log.ts";
import type { LateOutcomeRecord, OutcomeRecord } from "./record.ts";

/** Hooks observe: they may be asynchronous or broken, and neither holds up nor changes an answer. */
export function callHook<R extends OutcomeRecord | LateOutcomeRecord>(
  hook: (record: R) => unknown,
  record: R,
): void {
  callUnawaited(hook, record, hookFailed);
}

function hookFailed(error: unknown, record: OutcomeRecord | LateOutcomeRecord): void {
  // It was given what the handler threw, and may quote it.
  print(`an outcome hook failed: ${withoutMessage(error)}. To see its message, catch it in the hook.`);
  // What it was to be told must not be lost with it.
  logProblems(record);
}

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
