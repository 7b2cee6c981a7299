import type { SenderClock } from "./sender-clock.ts";

/** A clock that stands still until it is told to move. */
export interface ManualClock extends SenderClock {
  /**
   * Moves the clock on. Whoever is due meanwhile is woken in order, each at its own time, and what follows
   * from that runs before the next one's turn. It does not wait for real work, such as HTTP: that takes no
   * time on this clock.
   */
  advance(ms: number): Promise<void>;
  /**
   * Moves the clock from one sleeper to the next until the promise settles, and returns what it settles to.
   * Real work (a database, HTTP on this machine) is waited for: before the clock moves past a sleep that its
   * `signal` may yet cut short, such as the time limit of an attempt, that gets some 100 ms of real time to
   * happen.
   */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly dueMs: number;
  readonly abortable: boolean;
  wake(): void;
}

/** Of the event loop; a promise chain of any length runs within one, reading a stream may take a few. */
const TURNS_TO_SETTLE = 10;
/** At about a millisecond each. */
const TURNS_FOR_REAL_WORK = 100;

/**
 * A clock for tests, on which mintfax's schedule of 18.5 minutes plays in no time.
 *
 * A receiver compares `webhook-timestamp` with its own, real clock. Later attempts come from its future then,
 * so give the receiver under test `toleranceSeconds: 3600`.
 *
 * @param startMs milliseconds since 1970; default: now
 *
 * @example
 * ```ts
 * const clock = createManualClock();
 * const sender = createTestSender({ secret, to: webhooks, clock });
 * const report = await clock.runUntil(sender.deliver(eventFixture("fax.delivered")));
 * ```
 */
export function createManualClock(startMs: number = Date.now()): ManualClock {
  return new SteppedClock(startMs);
}

class SteppedClock implements ManualClock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        dueMs: this.#nowMs + ms,
        abortable: signal !== undefined,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await turns(TURNS_TO_SETTLE);
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) {
      this.#moveTo(next.dueMs);
      await turns(TURNS_TO_SETTLE);
    }
    this.#nowMs = untilMs;
  }

  async runUntil<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const onSettled = (): void => {
      settled = true;
    };
    promise.then(onSettled, onSettled);
    while (!settled) {
      await turns(TURNS_TO_SETTLE);
      const next = this.#next();
      if (next?.abortable) await turns(TURNS_FOR_REAL_WORK, () => settled || this.#next() !== next);
      // With nobody asleep, whatever settles the promise is real work.
      if (!settled && next !== undefined && next === this.#next()) this.#moveTo(next.dueMs);
    }
    return promise;
  }

  /** Wakes everybody who is due at that time, in the order in which they went to sleep. */
  #moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const sleeper of [...this.#sleepers]) if (sleeper.dueMs <= nowMs) sleeper.wake();
  }

  #next(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (next === undefined || sleeper.dueMs < next.dueMs) next = sleeper;
    }
    return next;
  }
}

/** Lets everything run that is ready to, over so many turns of the event loop. */
async function turns(count: number, enough: () => boolean = () => false): Promise<void> {
  for (let turn = 0; turn < count && !enough(); turn += 1) {
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
  }
}
