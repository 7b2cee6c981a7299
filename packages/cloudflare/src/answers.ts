import type { Forgetting } from "@mintfax-webhooks/core";
import type { Claim, Settlement } from "@mintfax-webhooks/core/store";
import { unknownAnswer } from "./errors.ts";

/** @returns undefined where it is not one that a store could have given */
export function fenceFrom(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** @throws {StoreUnavailableError} where it is not a claim: an object may run another version of the class */
export function claimFrom(asked: string, answer: unknown): Claim {
  const { state, fence } = Object(answer) as { readonly state?: unknown; readonly fence?: unknown };
  if (state === "done" || state === "pending") return { state };
  const known = state === "claimed" ? fenceFrom(fence) : undefined;
  if (known === undefined) throw unknownAnswer(asked);
  return { state: "claimed", fence: known };
}

/** @throws {StoreUnavailableError} where it is not a settlement */
export function settlementFrom(asked: string, answer: unknown): Settlement {
  if (answer === "ok" || answer === "lost") return answer;
  throw unknownAnswer(asked);
}

/** @throws {StoreUnavailableError} where it is not an answer to `forget` */
export function forgettingFrom(asked: string, answer: unknown): Forgetting {
  if (answer === "forgotten" || answer === "pending" || answer === "absent") return answer;
  throw unknownAnswer(asked);
}
