import { type CheckFinding, failedCheck, passedCheck } from "./check-finding.ts";

const MOST_SECONDS = 30;

/** When a server was asked for its time, by this process's clock, and what it said. All in milliseconds since 1970. */
export interface ClockReading {
  readonly askedMs: number;
  readonly answeredMs: number;
  /** Of the server's clock. */
  readonly serverMs: number;
}

/**
 * For a store's `check()`: this process's clock against the store's server. More than 30 s apart is red: from 300 s on, a
 * receiver with a wrong clock refuses every delivery.
 *
 * @param server its name, such as `"PostgreSQL"`
 *
 * @example
 * ```ts
 * const finding = clockFinding("PostgreSQL", { askedMs, answeredMs: Date.now(), serverMs });
 * ```
 */
export function clockFinding(server: string, { askedMs, answeredMs, serverMs }: ClockReading): CheckFinding {
  const about = { code: "clock", level: "warning" } as const;
  if (!Number.isFinite(serverMs))
    return { ...about, ok: "unknown", message: `${server} did not tell its time.` };
  // At some moment between the two, the server has looked at its clock.
  const aheadMs = Math.max(0, askedMs - serverMs) + Math.min(0, answeredMs - serverMs);
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (seconds <= MOST_SECONDS) {
    return passedCheck(
      about,
      `The clocks of this process and of ${server} are at most ${Math.max(1, seconds)} s apart.`,
    );
  }
  const side = aheadMs > 0 ? "ahead of" : "behind";
  return failedCheck(
    about,
    `The clock of this process is ${seconds} s ${side} that of ${server}.`,
    "Compare both with a third clock, and set the wrong one (chronyc makestep). With more than 300 s, deliveries are refused.",
  );
}
