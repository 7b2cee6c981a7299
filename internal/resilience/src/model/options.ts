import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

/** What was asked for on the command line; docs/internals/resilience.md explains it. */
export interface Options {
  readonly seed: number;
  /** Of the engine. */
  readonly interleavings: number;
  /** On each store. */
  readonly walks: Readonly<Record<StoreName, number>>;
  readonly plant: string | undefined;
  /** Only this rule of the engine counts. */
  readonly rule: string | undefined;
}

/** How many walks each store gets: those behind a network or a bridge are slow. */
const WALKS = {
  memory: 10_000,
  Redis: 500,
  "Postgres, lease": 200,
  "Postgres, same transaction": 100,
  "Durable Object": 25,
  D1: 25,
} as const;

/** Bugs are put into this one only. */
const PLANTED = "memory";

export type StoreName = keyof typeof WALKS;

export function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: String(randomInt(1_000_000_000)) },
      interleavings: { type: "string", default: "100000" },
      // A factor: 0 leaves the stores out, 10 walks ten times as much on each.
      stores: { type: "string", default: "1" },
      plant: { type: "string" },
      rule: { type: "string" },
    },
  });
  const { plant } = values;
  const factor = numberFrom("--stores", values.stores);
  return {
    seed: numberFrom("--seed", values.seed),
    interleavings: numberFrom("--interleavings", values.interleavings.replaceAll(/[_,]/g, "")),
    walks: Object.fromEntries(
      Object.entries(WALKS).map(([name, count]) => [
        name,
        plant === undefined || name === PLANTED ? Math.ceil(count * factor) : 0,
      ]),
    ) as Record<StoreName, number>,
    plant,
    rule: values.rule,
  };
}

function numberFrom(name: string, text: string): number {
  const number = Number(text);
  if (!(number >= 0)) throw new RangeError(`${name} is ${text}; expected a number`);
  return number;
}
