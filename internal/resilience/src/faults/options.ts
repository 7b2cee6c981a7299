import { parseArgs } from "node:util";
import { COMMON_OPTIONS, seedFrom } from "../options.ts";
import { PLANTS, type Plant } from "./receiver/settings.ts";

/** What was asked for on the command line; docs/internals/resilience.md explains it. */
export interface Options {
  readonly short: boolean;
  readonly seed: number;
  /** Only rows with this in their fault's name. */
  readonly only: string;
  /** Only this store. */
  readonly store: string | undefined;
  readonly plant: Plant | undefined;
}

export function optionsFrom(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_OPTIONS,
      only: { type: "string", default: "" },
      store: { type: "string" },
      plant: { type: "string" },
    },
  });
  const { short, only, store } = values;
  const plant = PLANTS.find((name) => name === values.plant);
  if (plant !== values.plant) throw new RangeError(`--plant takes ${PLANTS.join(", ")}`);
  return { short, seed: seedFrom(values.seed), only, store, plant };
}
