import { parseArgs } from "node:util";
import { COMMON_OPTIONS, numberFrom, seedFrom } from "../options.ts";
import { PLANTS as HAND_OFF_PLANTS } from "./hand-off/plants.ts";

/** What was asked for on the command line; docs/internals/resilience.md explains it. */
export interface Options {
  readonly seed: number;
  /** Of the engine. */
  readonly interleavings: number;
  /** Of the two stages of hand-off. */
  readonly handOffs: number;
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
  "Postgres, lease": 1_600,
  "Postgres, same transaction": 100,
  "MySQL, lease": 400,
  "MySQL, same transaction": 50,
  SQLite: 200,
  "Durable Object": 25,
  D1: 25,
} as const;

const FULL = { interleavings: "100000", handOffs: "50000", stores: "1" };
const SHORT = { interleavings: "10000", handOffs: "5000", stores: "0.1" };

/** Bugs of stores are put into this one only. */
const PLANTED = "memory";

export type StoreName = keyof typeof WALKS;

export function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_OPTIONS,
      interleavings: { type: "string" },
      "hand-offs": { type: "string" },
      // A factor: 0 leaves the stores out, 10 walks ten times as much on each.
      stores: { type: "string" },
      plant: { type: "string" },
      rule: { type: "string" },
    },
  });
  const { plant } = values;
  const ofHandOff = HAND_OFF_PLANTS.some((name) => name === plant);
  const effort = values.short ? SHORT : FULL;
  const factor = numberFrom("--stores", values.stores ?? effort.stores);
  return {
    seed: seedFrom(values.seed),
    interleavings: ofHandOff
      ? 0
      : numberFrom("--interleavings", values.interleavings ?? effort.interleavings),
    handOffs:
      plant !== undefined && !ofHandOff
        ? 0
        : numberFrom("--hand-offs", values["hand-offs"] ?? effort.handOffs),
    walks: Object.fromEntries(
      Object.entries(WALKS).map(([name, count]) => [
        name,
        plant === undefined || (name === PLANTED && !ofHandOff) ? Math.ceil(count * factor) : 0,
      ]),
    ) as Record<StoreName, number>,
    plant,
    rule: values.rule,
  };
}
