import type { LambdaContext } from "./call.ts";

/** An API Gateway hangs up after 29 s (HTTP API: 30 s), and mintfax after 30 s. */
const MOST_MS = 28_000;
/** For the store to record a result, and for the answer to get out. Of a short timeout, a part of it. */
const RESERVE_MS = 4_000;
const RESERVE_SHARE = 1 / 4;

/** How an invocation spends its time, in milliseconds from its start. */
export interface TimeLeft {
  /** Until a handler is given up on. */
  readonly deadlineMs: number;
  /** Until the function returns, whether or not work is still under way. */
  readonly returnMs: number;
}

/** By the function's own timeout, where the context tells it. */
export function timeLeft(context: LambdaContext): TimeLeft {
  const remainingMs = context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  const leftMs = Math.min(remainingMs, MOST_MS);
  const reserveMs = Math.min(RESERVE_MS, leftMs * RESERVE_SHARE);
  return { deadlineMs: remainingMs - reserveMs, returnMs: leftMs - reserveMs / 4 };
}
