import fc from "fast-check";

/**
 * How often a property is tried: `FAST_CHECK_RUNS` times, or as often as it takes in CI. `FAST_CHECK_SEED` repeats the
 * seed that a failure has printed.
 */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed?: number } {
  const { FAST_CHECK_RUNS, FAST_CHECK_SEED } = process.env;
  return {
    numRuns: FAST_CHECK_RUNS === undefined ? numRuns : Number(FAST_CHECK_RUNS),
    ...(FAST_CHECK_SEED !== undefined && { seed: Number(FAST_CHECK_SEED) }),
  };
}

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
