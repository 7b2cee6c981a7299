/** Counts the work under way, so that a process can wait for it before it ends. */
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
