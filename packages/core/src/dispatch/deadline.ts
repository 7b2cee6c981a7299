/** Runs out once, unless it is cleared first. */
export class Deadline {
  readonly reached: Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(timeoutMs: number) {
    this.reached = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, timeoutMs);
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
