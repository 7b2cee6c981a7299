/** So many at once are not limited any more. */
const ENOUGH = 64;
/** A pool's own limit in time may be longer, or missing; it is not waited for longer than this before the next try. */
const PATIENCE_MS = 2_000;

/**
 * How many connections a pool is asked for at once: as many as are wanted, until one does not come in time or a statement is
 * not answered. From then on one, and twice as many with each that comes. A server that was away has every dial of that time
 * to work off, given up or not, so a dial for each delivery and each retry could keep it away for ever.
 */
export class Admission {
  #limit = Number.POSITIVE_INFINITY;
  #places = 0;
  readonly #waiting = new Set<() => void>();

  get isUnlimited(): boolean {
    return this.#limit === Number.POSITIVE_INFINITY;
  }

  /** The server is in trouble. */
  limit(): void {
    this.#limit = 1;
  }

  /**
   * Waits for a place. Rejects with the reason of `signal`.
   *
   * @returns gives the place back: the pool has answered, with a connection or not
   */
  enter(signal: AbortSignal): Promise<(hasCome: boolean) => void> {
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(this.#place());
      };
      const leave = (): void => {
        this.#waiting.delete(admit);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave);
      this.#waiting.add(admit);
      this.#admit();
    });
  }

  /** It stays taken when its delivery gives up: the dial is still under way. */
  #place(): (hasCome: boolean) => void {
    this.#places += 1;
    let isTaken = true;
    const giveBack = (hasCome: boolean): void => {
      if (!isTaken) return;
      isTaken = false;
      clearTimeout(timer);
      this.#places -= 1;
      this.#limit = hasCome ? this.#limit * 2 : 1;
      if (this.#limit > ENOUGH) this.#limit = Number.POSITIVE_INFINITY;
      this.#admit();
    };
    const timer = setTimeout(giveBack, PATIENCE_MS, false);
    return giveBack;
  }

  #admit(): void {
    for (const admit of this.#waiting) {
      if (this.#places >= this.#limit) return;
      this.#waiting.delete(admit);
      admit();
    }
  }
}
