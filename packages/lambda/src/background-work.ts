/** What is left to do for a delivery when its answer is there, within the time of the invocation. */
export class BackgroundWork {
  readonly #work = new Set<Promise<unknown>>();
  readonly #timer: NodeJS.Timeout;
  readonly #over: Promise<void>;
  #isOver = false;

  /**
   * Begins the invocation. Its timer keeps the process alive: the receiver's own do not, and the runtime of AWS ends where
   * nothing is left to wait for, without an answer.
   */
  constructor(limitMs: number) {
    let onOver = (): void => {};
    this.#over = new Promise((resolve) => {
      onOver = resolve;
    });
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      onOver();
    }, limitMs);
  }

  add(promise: Promise<unknown>): void {
    this.#work.add(promise);
    const end = (): void => void this.#work.delete(promise);
    promise.then(end, end);
  }

  /** Resolves once all of it has settled, what is added meanwhile, too; or when the time is over. */
  async settled(): Promise<void> {
    while (this.#work.size > 0 && !this.#isOver) {
      await Promise.race([Promise.allSettled(this.#work), this.#over]);
    }
    clearTimeout(this.#timer);
  }
}
