import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, Inspection, Settlement } from "@mintfax-webhooks/core/store";
import { unknownAnswer } from "./errors.ts";

/** @returns undefined for a value that is not a fence */
export function fenceFrom(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** @throws {StoreUnavailableError} for an answer that is not a claim, as from an object that runs another version of the class */
export function claimFrom(asked: string, answer: unknown): Claim {
  const { state, fence } = Object(answer) as { readonly state?: unknown; readonly fence?: unknown };
  if (state === "done" || state === "pending") return { state };
  const known = state === "claimed" ? fenceFrom(fence) : undefined;
  if (known === undefined) throw unknownAnswer(asked);
  return { state: "claimed", fence: known };
}

/** @throws {StoreUnavailableError} for an answer that is not a settlement */
export function settlementFrom(asked: string, answer: unknown): Settlement {
  if (answer === "ok" || answer === "lost") return answer;
  throw unknownAnswer(asked);
}

/** @throws {StoreUnavailableError} for an answer that `forget` does not give */
export function forgettingFrom(asked: string, answer: unknown): Forgetting {
  if (answer === "forgotten" || answer === "pending" || answer === "absent") return answer;
  throw unknownAnswer(asked);
}

/** @throws {StoreUnavailableError} for an answer that `inspect` does not give */
export function inspectionFrom(asked: string, answer: unknown): Inspection {
  const { state, owner, ...row } = Object(answer) as Readonly<Record<string, unknown>>;
  if (state === "absent") return { state };
  const nowMs = fenceFrom(row.nowMs);
  const fence = fenceFrom(row.fence);
  const untilMs = fenceFrom(row.untilMs);
  if (nowMs === undefined || fence === undefined || untilMs === undefined) throw unknownAnswer(asked);
  const claimedMs = fenceFrom(row.claimedMs);
  const seen = { nowMs, fence, untilMs, ...(claimedMs !== undefined && { claimedMs }) };
  if (state === "pending" && typeof owner === "string") return { state, owner, ...seen };
  if (state === "released" || state === "done") return { state, ...seen };
  throw unknownAnswer(asked);
}
