import { StoreUnavailableError } from "../errors.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";

/** A store that has not answered by then counts as down. The sender waits 30 s for everything together. */
const STORE_TIMEOUT_MS = 5_000;

/** How long a settlement is tried again: the effect has happened, and only the store's memory of it is missing. */
const SETTLE_RETRY_MS = 3_000;
const FIRST_RETRY_DELAY_MS = 50;

/**
 * Waits for a store's answer, but not for ever.
 *
 * @param onLate what to do with an answer that comes after all
 */
export function withinTime<T>(
  answer: MaybePromise<T>,
  onLate: (answer: T) => void = () => {},
  timeoutMs: number = STORE_TIMEOUT_MS,
): MaybePromise<T> {
  if (!isPromiseLike(answer)) return answer;
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(unanswered(timeoutMs));
    }, timeoutMs);
    answer.then(
      (value) => {
        clearTimeout(timer);
        if (late) onLate(value);
        else resolve(value);
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Tries a repeatable settlement until the store answers, for 3 s. Rejects with the last error. */
export async function settle<T>(call: () => MaybePromise<T>): Promise<T> {
  const endMs = performance.now() + SETTLE_RETRY_MS;
  for (let delayMs = FIRST_RETRY_DELAY_MS; ; delayMs *= 2) {
    try {
      return await withinTime(call(), undefined, Math.max(1, endMs - performance.now()));
    } catch (error) {
      const leftMs = endMs - performance.now();
      if (leftMs <= delayMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

/** The same bound for a transaction, whose handler may take as long as its deadline: only the start is timed. */
export class StartTimeout {
  /** Rejects when the time is up; never resolves. */
  readonly expiry: Promise<never>;
  #expired = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.expiry = new Promise((_, reject) => {
      this.#timer = setTimeout(() => {
        this.#expired = true;
        reject(unanswered(STORE_TIMEOUT_MS));
      }, STORE_TIMEOUT_MS);
    });
  }

  get expired(): boolean {
    return this.#expired;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

function unanswered(timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The dedup store has not answered within ${Math.round(timeoutMs)} ms.`);
}
