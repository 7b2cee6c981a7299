import type { SenderClock } from "./sender-clock.ts";
import { realClearTimeout, realSetTimeout } from "./timers.ts";

/** Real time that can be stopped. */
export interface RealClock extends SenderClock {
  /** From now on no sleeper wakes, and no timer keeps the process alive. A sleep's own signal still ends it. */
  stop(): void;
}

/** Options of {@link createRealClock}. */
export interface RealClockOptions {
  /** Whether a sleep keeps the process alive. Default true. */
  readonly keepsAlive?: boolean;
}

/**
 * Makes a clock of real time for a sender that may have to end before its schedule does.
 *
 * @example
 * ```ts
 * const clock = createRealClock();
 * const delivery = createTestSender({ secret, to, clock }).start(eventFixture("fax.delivered"));
 * clock.stop(); // no further attempt is made
 * ```
 */
export function createRealClock({ keepsAlive = true }: RealClockOptions = {}): RealClock {
  return new StoppableClock(keepsAlive);
}

type Timer = ReturnType<typeof setTimeout> | undefined;

class StoppableClock implements RealClock {
  readonly #timers = new Set<Timer>();
  readonly #keepsAlive: boolean;
  #isStopped = false;

  constructor(keepsAlive: boolean) {
    this.#keepsAlive = keepsAlive;
  }

  nowMs(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const wake = (): void => {
        this.#end(timer);
        signal?.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#end(timer);
        reject(signal?.reason);
      };
      const timer = this.#isStopped ? undefined : realSetTimeout(wake, ms);
      // Elsewhere than in Node and Bun, a timer is a number.
      if (!this.#keepsAlive && typeof timer === "object") timer.unref();
      this.#timers.add(timer);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) this.#end(timer);
  }

  #end(timer: Timer): void {
    realClearTimeout(timer);
    this.#timers.delete(timer);
  }
}
