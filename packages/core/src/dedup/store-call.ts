import { StoreUnavailableError } from "../errors.ts";
import { isPromiseLike, type MaybePromise, promiseOf } from "../maybe-promise.ts";
import type { Settlement } from "../store/contract.ts";
import { withinLimit } from "../time-limit.ts";
import { settlementFrom } from "./answers.ts";

/** A store that has not answered by then counts as down. The sender waits 30 s for everything together. */
export const STORE_TIMEOUT_MS = 5_000;

/** How long a settlement is tried before the answer: the effect has happened, and only the store's memory of it is missing. */
const SETTLE_LIMIT_MS = 3_000;
const FIRST_RETRY_DELAY_MS = 50;
/** Doubling on from here would give up after half of that time. */
const RETRY_DELAY_MAX_MS = 500;

/** A process whose timer fires this much too late was paused meanwhile. */
export const STOOD_STILL_MS = 500;

/** Waits for a store's answer, but not for ever. */
export function withinTime<T>(answer: PromiseLike<T>, limitMs: number = STORE_TIMEOUT_MS): Promise<T> {
  return withinLimit(answer, Math.max(1, Math.min(limitMs, STORE_TIMEOUT_MS)), unanswered);
}

/**
 * Tries a repeatable settlement until the store answers, for 3 s. Rejects with the last error; a store that answers at
 * once is not made to wait.
 */
export function settle(call: () => MaybePromise<Settlement>): MaybePromise<Settlement> {
  const first = attempt(call);
  return typeof first === "string" ? first : persist(first, call);
}

function attempt(call: () => MaybePromise<Settlement>): Settlement | Promise<Settlement> {
  try {
    const answer = call();
    return isPromiseLike(answer) ? promiseOf(answer) : settlementFrom(answer);
  } catch (error) {
    return Promise.reject(error);
  }
}

async function persist(
  first: Promise<Settlement>,
  call: () => MaybePromise<Settlement>,
): Promise<Settlement> {
  const patience = new Patience(SETTLE_LIMIT_MS);
  let answer: Settlement | Promise<Settlement> = first;
  for (let delayMs = FIRST_RETRY_DELAY_MS; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MAX_MS)) {
    try {
      return typeof answer === "string"
        ? answer
        : settlementFrom(await withinTime(answer, patience.leftMs()));
    } catch (error) {
      if (patience.leftMs() <= delayMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    answer = attempt(call);
  }
}

/** The time for several tries. A process that stood still past its end has it once more: it has not tried meanwhile. */
class Patience {
  readonly #limitMs: number;
  #endMs: number;
  #extended = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
    this.#endMs = performance.now() + limitMs;
  }

  leftMs(): number {
    const nowMs = performance.now();
    if (!this.#extended && nowMs > this.#endMs + STOOD_STILL_MS) {
      this.#extended = true;
      this.#endMs = nowMs + this.#limitMs;
    }
    return this.#endMs - nowMs;
  }
}

export function unanswered(timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The dedup store has not answered within ${Math.round(timeoutMs)} ms.`);
}
