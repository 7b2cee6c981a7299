import type { Taken } from "../inside/in-flight.ts";
import { type Figure, figureOf, ratioOf } from "../stats/summary.ts";

/** Ratio by the clock, ratio by CPU time, a second, CPU microseconds: the ratios undefined beside itself or nothing. */
export function comparison(
  found: ReadonlyMap<string, readonly Taken[]>,
  name: string,
  other: string,
): [Figure | undefined, Figure | undefined, Figure | undefined, Figure | undefined] {
  const own = found.get(name);
  const others = name === other ? undefined : found.get(other);
  return [
    own && others && ratioOf(own.map(rate), others.map(rate)),
    own && others && ratioOf(others.map(cpu), own.map(cpu)),
    own && figureOf(own.map(rate)),
    own && figureOf(own.map(cpu)),
  ];
}

function rate({ perSecond }: Taken): number {
  return perSecond;
}

function cpu({ cpuMicros }: Taken): number {
  return cpuMicros;
}
