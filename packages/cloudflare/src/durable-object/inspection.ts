import type { Inspection } from "@mintfax-webhooks/core/store";
import type { Row } from "./row.ts";

/** What an object tells of its row. */
export function inspectionOf(row: Row | undefined, nowMs: number): Inspection {
  if (row === undefined) return { state: "absent" };
  const { state, owner, fence, leaseUntilMs, expiresMs } = row;
  // A fence is the time of its claim, or later where the clock was set back meanwhile.
  const seen = { nowMs, fence, ...(fence <= nowMs && { claimedMs: fence }) };
  if (state === "pending") return { state, owner, ...seen, untilMs: leaseUntilMs };
  return nowMs < expiresMs ? { state, ...seen, untilMs: expiresMs } : { state: "absent" };
}
