import type { SenderClock } from "@mintfax-webhooks/testing";

/** Real time, until the sandbox is closed: then no sleep of it is left. */
export class RealTime implements SenderClock {
  readonly #timers = new Set<NodeJS.Timeout>();

  nowMs(): number {
    return Date.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#end(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      this.#timers.add(timer);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** What sleeps never wakes. */
  stop(): void {
    for (const timer of this.#timers) this.#end(timer);
  }

  #end(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
