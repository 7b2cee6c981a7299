import type { Call } from "./call.ts";
import type { SimulatedProcess } from "./process.ts";

/** The engine waits so long for a store, and tries so long to settle, less one last delay between two tries, and a little for timers. */
const STORE_TIMEOUT_MS = 5_000;
const SETTLE_LEAST_MS = 2_490;
/** What a claim and a renewal take on their way. */
const SLACK_MS = 5_000;

/** A run of a handler, and what its process asked the store meanwhile. */
interface Run {
  readonly startMs: number;
  readonly endMs?: number;
}
interface Origin {
  readonly process: SimulatedProcess;
  readonly calls: readonly Call[];
}

/**
 * Why the lease of a run could run out before its event was done; undefined where nothing in the world excuses it.
 *
 * @param fromMs and `toMs`: when that reason must have been there. What happened before the handler began is none,
 *   since the handler did not have to begin.
 */
export function excuseFor(
  run: Run,
  { process, calls }: Origin,
  fromMs: number,
  toMs: number,
  { nowMs, leaseMs }: { readonly nowMs: number; readonly leaseMs: number },
): string | undefined {
  if (process.diedMs <= nowMs) return "its process died";

  const settling = calls.filter(({ command }) => command.do === "complete" || command.do === "release");
  const last = settling.at(-1);
  // A call without any answer is given up on after the limit, too.
  const triedUntilMs = last?.fault === undefined ? 0 : (last.failedMs ?? nowMs);
  if (run.endMs !== undefined && triedUntilMs - run.endMs >= SETTLE_LEAST_MS) {
    return "the store was out of reach for as long as completion was tried";
  }

  // Renewed after a third of the lease; each failure costs the wait for it and the time to the next.
  const failures = calls.filter(
    ({ command, fault, sentMs }) =>
      command.do === "renew" && fault !== undefined && sentMs >= fromMs && sentMs <= toMs,
  ).length;
  const pausedMs = process.pausedWithin(Math.max(fromMs, run.startMs), toMs);
  const delayMs = SLACK_MS + pausedMs + failures * (STORE_TIMEOUT_MS + leaseMs / 3);
  return delayMs >= (leaseMs * 2) / 3 ? "its process was paused, or cut off from the store" : undefined;
}
