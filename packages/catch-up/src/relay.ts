/** Hands values from a producer to an async iteration, one at a time: the producer goes on once the next one is asked for. */
export class Relay<T> {
  #offered: { readonly value: T; readonly taken: () => void } | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  /** Resolves when the value has been taken and the next one is asked for. */
  readonly give = (value: T): Promise<void> =>
    new Promise((taken) => {
      if (this.#isOver) return taken();
      this.#offered = { value, taken };
      this.#wake?.();
    });

  /** Nothing more comes, or is wanted. */
  end(): void {
    this.#isOver = true;
    this.#offered?.taken();
    this.#offered = undefined;
    this.#wake?.();
  }

  async *values(): AsyncGenerator<T> {
    for (;;) {
      while (this.#offered === undefined && !this.#isOver) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      const offered = this.#offered;
      if (offered === undefined) return;
      this.#offered = undefined;
      try {
        yield offered.value;
      } finally {
        offered.taken();
      }
    }
  }
}
