/** Counts the work under way, so that a process can wait for it before it ends. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];
  #drainingSinceMs = 0;

  /** One more is under way. */
  enter(): void {
    this.#count += 1;
  }

  /** One has ended. Call it once for each `enter()`. */
  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** How long `idle()` has been waiting; 0 where it is not. */
  get drainingMs(): number {
    return this.#waiting.length === 0 ? 0 : performance.now() - this.#drainingSinceMs;
  }

  /** Resolves once no work is under way. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    if (this.#waiting.length === 0) this.#drainingSinceMs = performance.now();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
