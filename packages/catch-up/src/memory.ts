/** What one process remembers of an event from run to run. */
interface Remembered {
  /** A delivery of it succeeded. */
  readonly isThrough: boolean;
  /** Up to when no success of it was listed, in milliseconds. */
  readonly lookedUntilMs: number;
  /** How often this process had it resent. */
  readonly tries: number;
}

/** The oldest makes room. Each takes some 150 bytes. */
const EVENTS_MAX = 100_000;
const UNKNOWN: Remembered = { isThrough: false, lookedUntilMs: Number.NEGATIVE_INFINITY, tries: 0 };

/**
 * Saves requests: an event that has got through stays so, and for one that has not only newer successes are to be read.
 * Without it, as in a new process, a run reads more and decides the same.
 */
export class Memory {
  /** Whether mintfax has listed any attempt to the endpoint. */
  hasAttempts = false;
  readonly #events = new Map<string, Remembered>();

  of(eventId: string): Remembered {
    return this.#events.get(eventId) ?? UNKNOWN;
  }

  update(eventId: string, change: Partial<Remembered>): void {
    const remembered = { ...this.of(eventId), ...change };
    this.#events.delete(eventId);
    this.#events.set(eventId, remembered);
    const [oldest] = this.#events.keys();
    if (this.#events.size > EVENTS_MAX && oldest !== undefined) this.#events.delete(oldest);
  }
}
