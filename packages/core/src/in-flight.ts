/** Counts what is going on, so that a process can wait for it before it ends. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];
  #drainingSinceMs = 0;

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** For how long it has been waited for that nothing is going on; 0 where that is not waited for. */
  get drainingMs(): number {
    return this.#waiting.length === 0 ? 0 : performance.now() - this.#drainingSinceMs;
  }

  /** Resolves at the next moment at which nothing is going on. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    if (this.#waiting.length === 0) this.#drainingSinceMs = performance.now();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
