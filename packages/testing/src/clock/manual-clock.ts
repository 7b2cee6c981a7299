import { wrongKind } from "../given.ts";
import type { SenderClock } from "./sender-clock.ts";
import { monotonicMs, realSetTimeout } from "./timers.ts";

/** A clock that stands still until a test moves it. */
export interface ManualClock extends SenderClock {
  /**
   * Moves the clock forward. Wakes the sleepers that are due in between in order, each at its own time, and lets the work
   * that follows run before it wakes the next one. It does not wait for real work, such as HTTP, which takes no time on
   * this clock.
   *
   * @throws {TypeError} where `ms` is not a number from 0
   */
  advance(ms: number): Promise<void>;
  /**
   * Moves the clock from one sleeper to the next until the promise settles, and returns what it settles to.
   * Waits for real work, such as a database or HTTP on this machine: before the clock moves past a sleep that has a `signal`,
   * such as the time limit of an attempt, it gives that signal 1 s of real time to abort the sleep. To reach a time limit
   * without that second, use `advance`.
   *
   * @throws {TypeError} for a value that is not a promise
   */
  runUntil<T>(promise: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly dueMs: number;
  readonly abortable: boolean;
  wake(): void;
}

/** Turns of the event loop. A promise chain runs within one, reading a stream may take a few. */
const TURNS_TO_SETTLE = 10;
/** Time for another process, such as a database, and turns for this one, which may be busy during that time. */
const REAL_WORK = { turns: 100, ms: 1_000 };

/**
 * A clock for tests, on which mintfax's schedule of 18.5 minutes passes at once.
 *
 * A receiver compares `webhook-timestamp` with its own, real clock, and allows 300 s. The first three
 * attempts are within these. The fourth is 1110 s in the receiver's future: for that one give the receiver under test
 * `toleranceSeconds: 3600`. Where a test does not act between attempts, a sender with `timeScale: 0` and without a clock
 * does not need that.
 *
 * @param startMs milliseconds since 1970; default: now
 * @throws {TypeError} where `startMs` is not a number
 *
 * @example
 * ```ts
 * const clock = createManualClock();
 * const sender = createTestSender({ secret, to: webhooks, clock });
 * const report = await clock.runUntil(sender.deliver(eventFixture("fax.delivered")));
 * ```
 */
export function createManualClock(startMs: number = Date.now()): ManualClock {
  checkNumber(startMs, "milliseconds since 1970", "For a Date: date.getTime().");
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
    checkNumber(ms, "milliseconds from 0", "The clock goes forward only.");
    const untilMs = this.#nowMs + ms;
    await turns(TURNS_TO_SETTLE);
    for (let next = this.#next(); next !== undefined && next.dueMs <= untilMs; next = this.#next()) {
      this.#moveTo(next.dueMs);
      await turns(TURNS_TO_SETTLE);
    }
    this.#nowMs = untilMs;
  }

  async runUntil<T>(promise: Promise<T>): Promise<T> {
    if (typeof promise?.then !== "function") {
      throw wrongKind(promise, "a promise", "For a delivery that was started: runUntil(delivery.done).");
    }
    let settled = false;
    const onSettled = (): void => {
      settled = true;
    };
    promise.then(onSettled, onSettled);
    while (!settled) {
      await turns(TURNS_TO_SETTLE);
      const next = this.#next();
      if (next?.abortable) await realWork(() => settled || this.#next() !== next);
      // Without a sleeper, only real work can settle the promise.
      if (!settled && next !== undefined && next === this.#next()) this.#moveTo(next.dueMs);
    }
    return promise;
  }

  /** Wakes the sleepers that are due at that time, in the order in which they went to sleep. */
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

function checkNumber(value: number, wanted: string, fix: string): void {
  if (!Number.isFinite(value) || value < 0) throw wrongKind(value, wanted, fix);
}

/** Lets the work that is ready run, for so many turns of the event loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

async function realWork(isDone: () => boolean): Promise<void> {
  const startMs = monotonicMs();
  for (let turn = 0; turn < REAL_WORK.turns || monotonicMs() - startMs < REAL_WORK.ms; turn += 1) {
    if (isDone()) return;
    await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => realSetTimeout(resolve, 0));
}
