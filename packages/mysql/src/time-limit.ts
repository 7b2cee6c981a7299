import { StoreUnavailableError } from "@mintfax-webhooks/core/store";

/**
 * Limits how long the store waits for MySQL. Unlike `withinLimit` of core, it can be stopped while a handler works, and
 * its signal closes the connection.
 */
export class TimeLimit {
  readonly #timeoutMs: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** The time runs from here on. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.restart();
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the wait before the time is over. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  restart(): void {
    this.#timer = setTimeout(() => {
      this.#controller.abort(
        new StoreUnavailableError(`MySQL has not answered within ${this.#timeoutMs} ms.`),
      );
    }, this.#timeoutMs);
  }

  /** Settles as `answer` does, or rejects when the time is over. Ends the limit. */
  async over<T>(answer: Promise<T>): Promise<T> {
    try {
      return await Promise.race([answer, this.#expiry()]);
    } finally {
      this.stop();
    }
  }

  #expiry(): Promise<never> {
    return new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
    });
  }
}
