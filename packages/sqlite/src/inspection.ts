import type { DedupKey, Inspection } from "@mintfax-webhooks/core/store";
import { unknownAnswer } from "./errors.ts";
import type { Operation } from "./operations.ts";
import { INSPECT } from "./statements.ts";

const ABSENT: Inspection = { state: "absent" };

/** `LeaseStore.inspect`. */
export function inspectOperation({ namespace, id }: DedupKey): Operation<Inspection> {
  return {
    calls: [{ sql: INSPECT, values: [namespace, id] }],
    read([rows]) {
      const row = rows?.[0];
      const inspection = row === undefined ? ABSENT : inspectionFrom(row);
      if (inspection === undefined) throw unknownAnswer();
      return inspection;
    },
  };
}

/**
 * Reads the row of `INSPECT`.
 *
 * @param row as a driver returned it
 * @returns undefined for a row that the statement cannot return
 */
export function inspectionFrom(row: unknown): Inspection | undefined {
  const { state, owner, ...columns } = Object(row) as Readonly<Record<string, unknown>>;
  const fence = wholeFrom(columns.fence);
  const nowMs = wholeFrom(columns.now_ms);
  const leaseEndsMs = wholeFrom(columns.lease_ends_ms);
  const expiresMs = wholeFrom(columns.expires_ms);
  if (fence === undefined || nowMs === undefined || leaseEndsMs === undefined || expiresMs === undefined) {
    return undefined;
  }
  // A fence is the time of its claim, or later where the clock was set back meanwhile.
  const seen = { nowMs, fence, ...(fence <= nowMs && { claimedMs: fence }) };
  if (state === "pending" && typeof owner === "string") {
    return { state, owner, ...seen, untilMs: leaseEndsMs };
  }
  return state === "released" || state === "done" ? { state, ...seen, untilMs: expiresMs } : undefined;
}

/** A driver may be set to return integers as bigint, or as text. */
function wholeFrom(value: unknown): number | undefined {
  const isTold = typeof value === "bigint" || (typeof value === "string" && /^\d+$/.test(value));
  const whole = isTold ? Number(value) : value;
  return typeof whole === "number" && Number.isSafeInteger(whole) && whole > 0 ? whole : undefined;
}
