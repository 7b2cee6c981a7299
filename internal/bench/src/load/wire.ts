/** Requests as bytes, made before any clock runs, one behind the other. */
export class Wire {
  readonly count: number;
  readonly #bytes: Buffer;
  readonly #ends: Float64Array;

  /** @param textOf the n-th request, one character a byte */
  constructor(count: number, textOf: (n: number) => string) {
    this.count = count;
    this.#ends = new Float64Array(count);
    let bytes = Buffer.alloc(0);
    let end = 0;
    for (let n = 0; n < count; n += 1) {
      const text = textOf(n);
      if (end + text.length > bytes.length) {
        // Most are about as long as the first one.
        const more = Buffer.alloc(end + text.length * Math.ceil((count - n) * 1.02));
        bytes.copy(more);
        bytes = more;
      }
      end += bytes.write(text, end, "latin1");
      this.#ends[n] = end;
    }
    this.#bytes = bytes;
  }

  /** Of each request, on average. */
  get bytesEach(): number {
    return (this.#ends[this.count - 1] ?? 0) / this.count;
  }

  get(n: number): Buffer {
    return this.#bytes.subarray(n === 0 ? 0 : this.#ends[n - 1], this.#ends[n]);
  }
}
