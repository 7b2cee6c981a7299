/** Something to be done at a time, unless it is cleared first. */
export class Alarm {
  readonly dueMs: number;
  readonly ring: () => void;
  /** Neighbours in the ring of pending alarms; none once it has rung or was cleared. */
  previous: Alarm | undefined;
  next: Alarm | undefined;

  constructor(dueMs: number, ring: () => void) {
    this.dueMs = dueMs;
    this.ring = ring;
  }
}

/**
 * Alarms that share one timer. Almost all of them are cleared within a moment of being set, and a timer of Node's for
 * each costs more than everything else that deduplication does in memory.
 *
 * They ring in the asynchronous context of whoever's the timer is. Settle a promise there; what waits for it goes on in
 * its own context.
 */
export class Alarms {
  /** Where the ring of pending alarms begins and ends. Linked, since a set's deletions make it rehash all the time. */
  readonly #anchor: Alarm = anchor();
  #wakeMs = Number.POSITIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  set(delayMs: number, ring: () => void): Alarm {
    const alarm = new Alarm(performance.now() + delayMs, ring);
    const last = this.#anchor.previous as Alarm;
    alarm.previous = last;
    alarm.next = this.#anchor;
    last.next = alarm;
    this.#anchor.previous = alarm;
    // Stryker disable next-line EqualityOperator: to set the timer anew for the same moment is only slower
    if (alarm.dueMs < this.#wakeMs) this.#wakeAt(alarm.dueMs);
    return alarm;
  }

  /** The timer stays: clearing it would make the next delivery set a new one. */
  clear(alarm: Alarm): void {
    remove(alarm);
  }

  /** Takes the timer away, if no alarm needs it. */
  stop(): void {
    if (this.#anchor.next !== this.#anchor) return;
    clearTimeout(this.#timer);
    this.#wakeMs = Number.POSITIVE_INFINITY;
  }

  #wakeAt(dueMs: number): void {
    clearTimeout(this.#timer);
    this.#wakeMs = dueMs;
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, dueMs - performance.now()));
    // A handler that never settles must not keep a process that wants to end. Deno before 2.8 has numbers for timers.
    this.#timer.unref?.();
  }

  #wake(): void {
    this.#wakeMs = Number.POSITIVE_INFINITY;
    const nowMs = performance.now();
    let nextMs = Number.POSITIVE_INFINITY;
    let following: Alarm | undefined;
    for (let alarm = this.#anchor.next as Alarm; alarm !== this.#anchor; alarm = following as Alarm) {
      following = alarm.next;
      // Timers of Node's may come up to a millisecond early.
      // Stryker disable next-line EqualityOperator: which of the two a whole millisecond is makes no difference
      if (alarm.dueMs <= nowMs + 1) {
        remove(alarm);
        alarm.ring();
      } else {
        nextMs = Math.min(nextMs, alarm.dueMs);
      }
    }
    if (nextMs < this.#wakeMs) this.#wakeAt(nextMs);
  }
}

function anchor(): Alarm {
  const alarm = new Alarm(Number.POSITIVE_INFINITY, () => {});
  alarm.previous = alarm;
  alarm.next = alarm;
  return alarm;
}

/** Does nothing to one that has been removed before. */
function remove(alarm: Alarm): void {
  const { previous, next } = alarm;
  if (next === undefined) return;
  next.previous = previous;
  (previous as Alarm).next = next;
  alarm.previous = undefined;
  alarm.next = undefined;
}
