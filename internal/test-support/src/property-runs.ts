/**
 * How a property is tried: as often as it takes in CI, or `FAST_CHECK_TIMES` times as often (then Vitest needs a longer
 * `--testTimeout`). `FAST_CHECK_SEED` repeats the seed that a failure has printed.
 */
export function runs(numRuns: number): { readonly numRuns: number; readonly seed?: number } {
  const { FAST_CHECK_TIMES = "1", FAST_CHECK_SEED } = process.env;
  return {
    numRuns: numRuns * Number(FAST_CHECK_TIMES),
    ...(FAST_CHECK_SEED !== undefined && { seed: Number(FAST_CHECK_SEED) }),
  };
}
