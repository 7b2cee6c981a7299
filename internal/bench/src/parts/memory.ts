import type { Pauses } from "../inside/memory.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { type Figure, figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const SIZES = [1_000, 100_000, 1_000_000] as const;
const [SMALLEST, , LARGEST] = SIZES;
/** The last one is where a table of a power of two has just been doubled. */
const WEIGHED = [100_000, 1_000_000, 550_000] as const;

/** The memory store: whether a delivery costs the same at any size, and what an id weighs. */
export async function memory({ rounds, runtime }: Effort): Promise<PartResult> {
  const flags = [...(runtime.flags ?? []), "--expose-gc"];
  const startChild = () => Child.start(builtFile("inside/memory"), { ...runtime, flags });
  const bytes = new Map<number, Figure>();
  for (const ids of WEIGHED) {
    const child = await startChild();
    bytes.set(ids, figureOf([await child.ask<number>("weigh", { ids })]));
    await child.stop();
  }
  const pauses: Pauses[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const child = await startChild();
    pauses.push(await child.ask<Pauses>("pauses", { ids: LARGEST }));
    await child.stop();
  }
  const children = new Map<string, Child>();
  for (const ids of SIZES) {
    const child = await startChild();
    children.set(String(ids), child);
    await child.ask("fill", { ids });
  }
  const names = SIZES.map(String);
  const ask = (question: string) => (name: string) => (children.get(name) as Child).ask<number>(question);
  const deliveries = await inRounds(names, rounds, ask("deliveries"));
  const claims = await inRounds(names, rounds, ask("claims"));
  for (const child of children.values()) await child.stop();

  const compared = (micros: ReadonlyMap<string, number[]>, ids: number): Figure | undefined => {
    const own = micros.get(String(ids));
    return own && ratioOf(own, micros.get(String(SMALLEST)) as number[]);
  };
  const absolute = (micros: ReadonlyMap<string, number[]>, ids: number): Figure | undefined => {
    const own = micros.get(String(ids));
    return own && figureOf(own);
  };
  const longestPause = (when: string, millis: number[]): Target => ({
    what: `Memory store: longest claim or completion, ${when} of 1,000,000 ids`,
    unit: "ms",
    atMost: 20,
    found: figureOf(millis),
  });
  const flat = (what: string, micros: ReadonlyMap<string, number[]>): Target => {
    const found = compared(micros, LARGEST) as Figure;
    return {
      what: `Memory store: CPU of ${what} at 1,000,000 ids / at 1,000`,
      unit: "ratio",
      atMost: 1.3,
      found,
    };
  };
  return {
    tables: [
      {
        title: "Memory store, full: a new id makes the oldest go",
        rowsAre: "ids",
        columns: [
          { name: `delivery, of ${SMALLEST.toLocaleString("en")} ids`, unit: "ratio" },
          { name: "CPU µs", unit: "µs" },
          { name: "claim and completion alone", unit: "ratio" },
          { name: "CPU µs", unit: "µs" },
          { name: "bytes beside the id", unit: "bytes" },
        ],
        rows: [...new Set([...SIZES, ...WEIGHED])]
          .sort((a, b) => a - b)
          .map((ids) => ({
            label: ids.toLocaleString("en"),
            figures: [
              compared(deliveries, ids),
              absolute(deliveries, ids),
              compared(claims, ids),
              absolute(claims, ids),
              bytes.get(ids),
            ],
          })),
      },
    ],
    targets: [
      flat("a delivery", deliveries),
      flat("claim and completion", claims),
      longestPause(
        "filling up",
        pauses.map(({ fillingMs }) => fillingMs),
      ),
      longestPause(
        "turning over",
        pauses.map(({ evictingMs }) => evictingMs),
      ),
      ...[...bytes].map(([ids, found]) => ({
        what: `Memory store: bytes beside the id, ${ids.toLocaleString("en")} ids`,
        unit: "bytes" as const,
        atMost: 200,
        found,
      })),
    ],
    notes: [],
  };
}
