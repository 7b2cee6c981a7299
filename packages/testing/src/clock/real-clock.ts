import type { SenderClock } from "./sender-clock.ts";

/** Real time that can be stopped. */
export interface RealClock extends SenderClock {
  /** From now on no sleeper wakes, and no timer keeps the process alive. A sleep's own signal still ends it. */
  stop(): void;
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
export function createRealClock(): RealClock {
  return new StoppableClock();
}

type Timer = ReturnType<typeof setTimeout> | undefined;

class StoppableClock implements RealClock {
  readonly #timers = new Set<Timer>();
  #isStopped = false;

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
      const timer = this.#isStopped ? undefined : setTimeout(wake, ms);
      this.#timers.add(timer);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) this.#end(timer);
  }

  #end(timer: Timer): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
