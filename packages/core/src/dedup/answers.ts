import { StoreUnavailableError } from "../errors.ts";
import type { Forgetting, Settlement } from "../store/contract.ts";

/** The fence of a claim that was granted, or why it was not. */
export type ClaimResult = number | "pending" | "done";

/**
 * What a store answered to a claim. An answer that the contract does not have counts as none: it must neither start a
 * handler nor tell mintfax that the event is done.
 */
export function claimResultFrom(answer: unknown): ClaimResult {
  // Each member is read once: a getter may say something else the next time.
  const { state, fence } = (answer ?? {}) as { readonly state?: unknown; readonly fence?: unknown };
  if (state === "pending" || state === "done") return state;
  if (state === "claimed" && Number.isSafeInteger(fence)) return fence as number;
  const received = state === "claimed" ? `the fence ${shown(fence)}` : `the state ${shown(state)}`;
  throw unexpected(
    `a claim with ${received}`,
    '"claimed" with a whole number for a fence, "pending" or "done"',
  );
}

export function settlementFrom(answer: unknown): Settlement {
  if (answer === "ok" || answer === "lost") return answer;
  throw unexpected(`a settlement with ${shown(answer)}`, '"ok" or "lost"');
}

export function forgettingFrom(answer: unknown): Forgetting {
  if (answer === "forgotten" || answer === "pending" || answer === "absent") return answer;
  throw unexpected(`forget with ${shown(answer)}`, '"forgotten", "pending" or "absent"');
}

function unexpected(what: string, expected: string): StoreUnavailableError {
  return new StoreUnavailableError(`The dedup store answered ${what}; expected ${expected}.`);
}

/** A value of foreign code, for an error message: the members of an object stay out of it. */
export function shown(value: unknown): string {
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : `a value of type ${typeof value}`;
}
