import { RETRY_DELAYS_MS } from "./promises.ts";
import { type Attempt, type DeliveryReport, isAccepted } from "./report.ts";

/** An event under way. */
export interface DeliveryInProgress {
  /** `webhook-id` of all attempts. */
  readonly id: string;
  /** Resolves when the schedule is over or aborted, and no attempt is under way. Never rejects. */
  readonly done: Promise<DeliveryReport>;
  /**
   * "Retry now" of mintfax's dashboard: an attempt at once, with the next number. The schedule goes on
   * unchanged, so two attempts may overlap. Works after the schedule's end too.
   */
  retryNow(): Promise<Attempt>;
}

/** mintfax's schedule for one event, with manual retries beside it. Starts at once. */
export class Schedule implements DeliveryInProgress {
  readonly id: string;
  readonly done: Promise<DeliveryReport>;
  readonly #makeAttempt: (number: number, manual: boolean) => Promise<Attempt>;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #signal: AbortSignal | undefined;
  readonly #attempts: Promise<Attempt>[] = [];

  constructor(
    id: string,
    makeAttempt: (number: number, manual: boolean) => Promise<Attempt>,
    wait: (ms: number) => Promise<void>,
    signal: AbortSignal | undefined,
  ) {
    this.id = id;
    this.#makeAttempt = makeAttempt;
    this.#wait = wait;
    this.#signal = signal;
    this.done = this.#run();
  }

  // Bound, so that it works after destructuring.
  readonly retryNow = (): Promise<Attempt> => this.#attempt(true);

  #attempt(manual: boolean): Promise<Attempt> {
    const attempt = this.#makeAttempt(this.#attempts.length + 1, manual);
    this.#attempts.push(attempt);
    return attempt;
  }

  async #run(): Promise<DeliveryReport> {
    let accepted = isAccepted(await this.#attempt(false));
    for (const delayMs of RETRY_DELAYS_MS) {
      if (accepted || this.#signal?.aborted) break;
      await Promise.race([this.#wait(delayMs), aborted(this.#signal)]);
      if (this.#signal?.aborted) break;
      accepted = isAccepted(await this.#attempt(false));
    }
    const attempts = await this.#allAttempts();
    return { id: this.id, accepted: attempts.some(isAccepted), attempts };
  }

  async #allAttempts(): Promise<Attempt[]> {
    let ended: Attempt[];
    do {
      ended = await Promise.all(this.#attempts);
      // A manual retry may have started while the others were awaited.
    } while (ended.length < this.#attempts.length);
    return ended;
  }
}

/** Not passed to the clock: a sleep with a signal is the time limit of an attempt. */
function aborted(signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
}
