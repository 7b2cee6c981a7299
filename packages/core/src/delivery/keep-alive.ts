import { callUnawaited } from "../call-unawaited.ts";
import { inFull } from "../error-text.ts";
import type { IncomingDelivery } from "../incoming.ts";
import { print } from "../print.ts";

/**
 * Asks the platform to stay alive until work on a delivery has settled. One that refuses, as some do once a request has
 * ended, must not change what becomes of the work.
 */
export function keepAlive(incoming: IncomingDelivery, work: Promise<unknown>): void {
  // Most platforms have none: their processes live on by themselves.
  if (!hasWaitUntil(incoming)) return;
  callUnawaited(
    (promise) => incoming.waitUntil?.(promise),
    work,
    (error) => print(`the platform's waitUntil failed: ${inFull(error)}.`),
  );
}

/** Whether the platform ends a process after the answer, unless `waitUntil` is told to wait. */
export function hasWaitUntil(incoming: IncomingDelivery): boolean {
  try {
    return incoming.waitUntil !== undefined;
  } catch {
    return false;
  }
}
