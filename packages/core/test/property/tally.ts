import fc from "fast-check";

/** Counts verdicts, since a property that only ever sees one of them has compared nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  get seen(): readonly string[] {
    return [...this.#counts.keys()].sort();
  }
}

/** Bytes that may be anywhere in a header, as Node hands them over: one character for each. */
export const headerText: fc.Arbitrary<string> = fc.string({
  unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
