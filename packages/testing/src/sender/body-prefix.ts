/** The first bytes of an answer, which stay readable if the rest never arrives. */
export class BodyPrefix {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(limitBytes: number) {
    this.#bytes = new Uint8Array(limitBytes);
  }

  /** Reads until the limit or the end of the body, and gives up once the signal aborts. */
  async readFrom(response: Response, signal: AbortSignal): Promise<void> {
    if (response.body === null) return;
    const reader = response.body.getReader();
    const cancel = (): void => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", cancel, { once: true });
    while (this.#length < this.#bytes.length) {
      const { done, value } = await reader.read();
      if (done) return;
      const part = value.subarray(0, this.#bytes.length - this.#length);
      this.#bytes.set(part, this.#length);
      this.#length += part.length;
    }
    cancel();
  }

  toString(): string {
    // `stream` leaves out a character that the limit cuts in two.
    return new TextDecoder().decode(this.#bytes.subarray(0, this.#length), { stream: true });
  }
}
