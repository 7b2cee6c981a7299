import { type Child, useEffect, useState } from "hono/jsx/dom";
import type { AttemptView } from "../protocol.ts";
import { durationOf } from "./texts.ts";

const TICK_MS = 250;

/** A bar until the next attempt. */
export function Wait({
  wait,
  clockAheadMs,
}: {
  wait: NonNullable<AttemptView["wait"]>;
  clockAheadMs: number;
}): Child {
  const [nowMs, setNowMs] = useState(Date.now() + clockAheadMs);
  const leftMs = wait.untilMs - nowMs;
  const isOver = leftMs <= 0;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => setNowMs(Date.now() + clockAheadMs), TICK_MS);
    return () => clearInterval(timer);
  }, [isOver, clockAheadMs]);
  if (isOver) return <span class="muted">made</span>;
  const totalMs = wait.untilMs - wait.fromMs;
  return (
    <span class="wait">
      <progress max={totalMs} value={totalMs - leftMs} aria-label="Time until the next attempt" />{" "}
      {durationOf(leftMs)}
    </span>
  );
}
