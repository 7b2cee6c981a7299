import { callUnawaited } from "../call-unawaited.ts";
import { withoutMessage } from "../error-text.ts";
import { print } from "../print.ts";
import { logProblems } from "./log.ts";
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
