/** A limit above this is lifted. */
const HIGHEST_LIMIT = 64;
/** A pool's own time limit may be longer, or missing. After this time, a place is free although the pool has not answered. */
const PLACE_LIMIT_MS = 2_000;

/**
 * How many connections a pool is asked for at once. There is no limit until a connection does not come in time or a
 * statement is not answered. From then on the limit is 1, and each connection that comes doubles it. A server that was
 * unreachable has to work off every dial of that time, given up or not, so one dial for each delivery and each retry could
 * keep it unreachable.
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

  /** The place stays taken when its delivery gives up, since the dial is still under way. */
  #place(): (hasCome: boolean) => void {
    this.#places += 1;
    let isTaken = true;
    const giveBack = (hasCome: boolean): void => {
      if (!isTaken) return;
      isTaken = false;
      clearTimeout(timer);
      this.#places -= 1;
      this.#limit = hasCome ? this.#limit * 2 : 1;
      if (this.#limit > HIGHEST_LIMIT) this.#limit = Number.POSITIVE_INFINITY;
      this.#admit();
    };
    const timer = setTimeout(giveBack, PLACE_LIMIT_MS, false);
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
