import type { Alarms } from "#alarms";
import { StoreUnavailableError } from "../errors.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";

/** A store that has not answered by then counts as down. The sender waits 30 s for everything together. */
const STORE_TIMEOUT_MS = 5_000;

/** How long a settlement is tried: the effect has happened, and only the store's memory of it is missing. */
const SETTLE_LIMIT_MS = 3_000;
const FIRST_RETRY_DELAY_MS = 50;
/** Doubling on from here would give up after half of that time. */
const RETRY_DELAY_MAX_MS = 500;

/**
 * Waits for a store's answer, but not for ever.
 *
 * @param onLate what to do with an answer that comes after all
 * @param leftMs how long there is use for an answer
 */
export function withinTime<T>(
  answer: PromiseLike<T>,
  alarms: Alarms,
  onLate?: (answer: T) => void,
  leftMs: number = STORE_TIMEOUT_MS,
): Promise<T> {
  const timeoutMs = Math.max(1, Math.min(leftMs, STORE_TIMEOUT_MS));
  return new Promise((resolve, reject) => {
    const startMs = performance.now();
    let late = false;
    const expire = (): void => {
      late = true;
      reject(unanswered(timeoutMs));
    };
    const alarm = alarms.set(timeoutMs, expire);
    answer.then(
      (value) => {
        alarms.clear(alarm);
        // A process that was paused may read the answer before its timer goes off: a claim may have lapsed by then.
        if (onLate !== undefined && performance.now() - startMs >= timeoutMs) expire();
        if (late) onLate?.(value);
        else resolve(value);
      },
      (error) => {
        alarms.clear(alarm);
        reject(error);
      },
    );
  });
}

/**
 * Tries a repeatable settlement until the store answers, for 3 s. Rejects with the last error; a store that answers at
 * once is not made to wait.
 */
export function settle<T>(call: () => MaybePromise<T>, alarms: Alarms): MaybePromise<T> {
  const first = attempt(call);
  return isPromiseLike(first) ? persist(first, call, alarms) : first;
}

function attempt<T>(call: () => MaybePromise<T>): MaybePromise<T> {
  try {
    return call();
  } catch (error) {
    return Promise.reject(error);
  }
}

async function persist<T>(first: PromiseLike<T>, call: () => MaybePromise<T>, alarms: Alarms): Promise<T> {
  const endMs = performance.now() + SETTLE_LIMIT_MS;
  let answer: MaybePromise<T> = first;
  for (let delayMs = FIRST_RETRY_DELAY_MS; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MAX_MS)) {
    try {
      return isPromiseLike(answer)
        ? await withinTime(answer, alarms, undefined, endMs - performance.now())
        : answer;
    } catch (error) {
      const leftMs = endMs - performance.now();
      // Stryker disable next-line EqualityOperator: one more try at the very end makes no difference
      if (leftMs <= delayMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    answer = attempt(call);
  }
}

function unanswered(timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The dedup store has not answered within ${Math.round(timeoutMs)} ms.`);
}
