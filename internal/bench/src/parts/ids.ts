import type { Taken } from "../inside/in-flight.ts";
import type { PartResult, Table } from "../report/result.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import { FILLED_STORES, type Filled } from "./filled-stores.ts";
import type { Effort } from "./part.ts";

const SIZES = [1_000, 100_000, 1_000_000, 10_000_000] as const;
/** Filling a store with more takes minutes. */
const MOST_IDS_OF_A_SECOND = 5_000_000;
const LEAST_SIZES = 2;

/** Whether a delivery costs the same, however many ids a store keeps. */
export async function ids({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  const sizes = SIZES.filter((size, n) => n < LEAST_SIZES || size <= MOST_IDS_OF_A_SECOND * seconds);
  const tables: Table[] = [];
  for (const { name, perSecond, open } of FILLED_STORES.filter((store) => store.name.includes(filter))) {
    const store = await open(runtime);
    try {
      const found = new Map<number, readonly Taken[]>();
      for (const size of sizes) {
        await store.fill(size);
        found.set(size, await deliveries(store, rounds, Math.round(perSecond * seconds)));
      }
      tables.push(tableOf(name, found));
    } finally {
      await store.close();
    }
  }
  return { tables, targets: [], notes: [] };
}

async function deliveries(store: Filled, rounds: number, count: number): Promise<Taken[]> {
  await store.deliveries(count);
  const taken: Taken[] = [];
  for (let round = 0; round < rounds; round += 1) taken.push(await store.deliveries(count));
  return taken;
}

function tableOf(name: string, found: ReadonlyMap<number, readonly Taken[]>): Table {
  const all = (size: number, key: keyof Taken) => (found.get(size) ?? []).map((taken) => taken[key]);
  return {
    title: `${name} by ids that it keeps, 32 in flight`,
    rowsAre: "ids",
    columns: [
      { name: "of 1,000 ids", unit: "ratio" },
      { name: "by CPU", unit: "ratio" },
      { name: "deliveries/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
    ],
    rows: [...found.keys()].map((size) => ({
      label: size.toLocaleString("en"),
      figures: [
        ratioOf(all(size, "perSecond"), all(SIZES[0], "perSecond")),
        ratioOf(all(SIZES[0], "cpuMicros"), all(size, "cpuMicros")),
        figureOf(all(size, "perSecond")),
        figureOf(all(size, "cpuMicros")),
      ],
    })),
  };
}
