/** Something to be done at a time, unless it is cleared first. */
export interface Alarm {
  readonly dueMs: number;
  readonly ring: () => void;
}

/**
 * Alarms that share one timer. Almost all of them are cleared within a moment of being set, and a timer of Node's for
 * each costs more than everything else that deduplication does in memory.
 */
export class Alarms {
  readonly #pending = new Set<Alarm>();
  #wakeMs = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(delayMs: number, act: () => void): Alarm {
    let ring!: () => void;
    const rung = new Promise<void>((resolve) => {
      ring = resolve;
    });
    // By way of a promise, it acts in the asynchronous context of its own delivery, whoever's the timer is.
    void rung.then(act);
    const alarm = { dueMs: performance.now() + delayMs, ring };
    this.#pending.add(alarm);
    if (alarm.dueMs < this.#wakeMs) this.#wakeAt(alarm.dueMs);
    return alarm;
  }

  /** The timer stays: clearing it would make the next delivery set a new one. */
  clear(alarm: Alarm): void {
    this.#pending.delete(alarm);
    if (this.#pending.size === 0 && !isUnrefable(this.#timer)) this.stop();
  }

  /** Takes the timer away, if no alarm needs it. */
  stop(): void {
    if (this.#pending.size > 0) return;
    clearTimeout(this.#timer);
    this.#wakeMs = Number.POSITIVE_INFINITY;
  }

  #wakeAt(dueMs: number): void {
    clearTimeout(this.#timer);
    this.#wakeMs = dueMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, dueMs - performance.now()));
    // A handler that never settles must not keep a process that wants to end.
    if (isUnrefable(this.#timer)) this.#timer.unref();
  }

  #wake(): void {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const alarm of this.#pending) {
      // Timers of Node's may come up to a millisecond early.
      if (alarm.dueMs <= nowMs + 1) {
        this.#pending.delete(alarm);
        alarm.ring();
      } else if (alarm.dueMs < nextMs) {
        nextMs = alarm.dueMs;
      }
    }
    if (nextMs < this.#wakeMs) this.#wakeAt(nextMs);
  }
}

/** In Deno, a timer is a number. */
function isUnrefable(timer: unknown): timer is { unref(): void } {
  return typeof timer === "object" && timer !== null;
}
