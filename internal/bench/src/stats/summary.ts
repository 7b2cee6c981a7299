/** What several rounds showed of one thing. */
export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @throws {RangeError} where there is no value: a median of nothing would look like a measurement */
export function figureOf(values: readonly number[]): Figure {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0 || sorted.some(Number.isNaN)) {
    throw new RangeError(`no figure can be made of [${values.join(", ")}]`);
  }
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  return { median, low: sorted[0] as number, high: sorted[sorted.length - 1] as number };
}

/** Of values of the same rounds: divided round by round, since what slows a machine down slows both. */
export function ratioOf(values: readonly number[], floor: readonly number[]): Figure {
  if (values.length !== floor.length) {
    throw new RangeError(`${values.length} rounds cannot be compared with ${floor.length}`);
  }
  return figureOf(values.map((value, round) => value / (floor[round] as number)));
}

/** By nearest rank: the smallest value that `share` of all (0 to 1) do not exceed. Sorts in place. */
export function percentiles(values: Float64Array, shares: readonly number[]): number[] {
  if (values.length === 0) throw new RangeError("no percentile can be made of nothing");
  values.sort();
  return shares.map((share) => values[Math.max(0, Math.ceil(share * values.length) - 1)] as number);
}

/** Of several measurements of one thing: the median of each number. */
export function mediansOf<Measured extends Readonly<Record<keyof Measured, number>>>(
  all: readonly Measured[],
): Measured {
  const keys = Object.keys(all[0] ?? {}) as (keyof Measured)[];
  return Object.fromEntries(
    keys.map((key) => [key, figureOf(all.map((measured) => measured[key])).median]),
  ) as Measured;
}
