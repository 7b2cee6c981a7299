import type { SenderClock } from "@mintfax-webhooks/testing";
import type { MiddlewareHandler } from "hono";
import { Problem } from "./problem.ts";
import type { ApiEnv } from "./setting.ts";

const WINDOW_MS = 60_000;

/** A sliding minute for the one key there is (rate-limits, May 2026). */
export function rateLimit(perMinute: number, clock: SenderClock): MiddlewareHandler<ApiEnv> {
  const calls: number[] = [];
  return async (c, next) => {
    const nowMs = clock.nowMs();
    const firstInWindow = calls.findIndex((atMs) => atMs > nowMs - WINDOW_MS);
    calls.splice(0, firstInWindow === -1 ? calls.length : firstInWindow);
    const isOver = calls.length >= perMinute;
    if (!isOver) calls.push(nowMs);
    const resetSeconds = Math.ceil(((calls[0] ?? nowMs) + WINDOW_MS - nowMs) / 1000);
    c.header("X-RateLimit-Limit", String(perMinute));
    c.header("X-RateLimit-Remaining", String(perMinute - calls.length));
    c.header("X-RateLimit-Reset", String(resetSeconds));
    if (isOver) {
      c.header("Retry-After", String(resetSeconds));
      throw new Problem(
        429,
        "rate_limit_exceeded",
        `More than ${perMinute} calls within a minute. Wait ${resetSeconds} s.`,
        "wait_and_retry",
      );
    }
    await next();
  };
}
