/** Bounds how long PostgreSQL is waited for. A handler in its midst takes as long as it needs. */
export class TimeLimit {
  readonly #timeoutMs: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** It runs from now. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.restart();
  }

  /** Aborted when time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** As if time were up, for another reason. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  restart(): void {
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`PostgreSQL has not answered within ${this.#timeoutMs} ms.`));
    }, this.#timeoutMs);
  }

  /** Settles as `answer` does, or rejects when time is up. Ends the limit. */
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
