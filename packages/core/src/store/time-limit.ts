import { StoreUnavailableError } from "../errors.ts";

/**
 * Limits how long a store waits for its server. Unlike {@link withinLimit}, it can be stopped while a handler works, and its
 * signal closes the connection.
 *
 * @example
 * ```ts
 * const limit = new TimeLimit(2_000, "PostgreSQL");
 * const rows = await limit.over(query(text, { signal: limit.signal }));
 * ```
 */
export class TimeLimit {
  readonly #timeoutMs: number;
  readonly #server: string;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  /**
   * The time runs from here on.
   *
   * @param timeoutMs in milliseconds
   * @param server its name in the error, such as `"PostgreSQL"`
   */
  constructor(timeoutMs: number, server: string) {
    this.#timeoutMs = timeoutMs;
    this.#server = server;
    this.restart();
  }

  /** Aborted when the time is over, with a {@link StoreUnavailableError}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the wait before the time is over. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
    this.#reject?.(this.signal.reason);
  }

  /** Stops the time, as while a handler works. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Gives the whole time again, after {@link stop}. */
  restart(): void {
    this.#timer = setTimeout(() => this.abort(unanswered(this.#server, this.#timeoutMs)), this.#timeoutMs);
  }

  /** Settles as `answer` does, or rejects with the signal's reason when the time is over. Ends the limit. */
  over<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.signal.aborted) reject(this.signal.reason);
      answer.then(
        (value) => {
          this.stop();
          resolve(value);
        },
        (error) => {
          this.stop();
          reject(error);
        },
      );
    });
  }
}

function unanswered(server: string, timeoutMs: number): StoreUnavailableError {
  return new StoreUnavailableError(`${server} has not answered within ${timeoutMs} ms.`);
}
