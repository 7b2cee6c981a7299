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
  const endMs = performance.now() + SETTLE_LIMIT_MS;
  for (let delayMs = FIRST_RETRY_DELAY_MS; ; delayMs = Math.min(2 * delayMs, RETRY_DELAY_MAX_MS)) {
    try {
      return await withinTime(call(), undefined, Math.max(1, endMs - performance.now()));
    } catch (error) {
      const leftMs = endMs - performance.now();
      if (leftMs <= delayMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

/** The same bounds for a transaction, in whose midst a handler takes as long as it needs. */
export class TransactionTimeout {
  /** Rejects when the store has kept us waiting for too long; never resolves. */
  readonly expiry: Promise<never>;
  #reject: (error: Error) => void = () => {};
  #expired = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** It runs from now until the handler starts. */
  constructor() {
    this.expiry = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.#arm(STORE_TIMEOUT_MS);
  }

  get expired(): boolean {
    return this.#expired;
  }

  /** The handler's own time does not count. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The handler is done: it runs again, until the transaction has ended. */
  resume(): void {
    this.#arm(SETTLE_LIMIT_MS);
  }

  #arm(timeoutMs: number): void {
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#reject(unanswered(timeoutMs));
    }, timeoutMs);
  }
}

function unanswered(timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`The dedup store has not answered within ${Math.round(timeoutMs)} ms.`);
}
