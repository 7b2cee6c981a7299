import { createRequire } from "node:module";
import type { Taken } from "../inside/in-flight.ts";
import type { SqliteDriver } from "../inside/sqlite.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Row, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";
import { comparison } from "./taken.ts";

const DRIVERS: readonly SqliteDriver[] = ["better-sqlite3", "node:sqlite"];
const WAYS = { store: "claim and completion through the store", bare: "the same statements, bare" } as const;
const AT_ONCE = [1, 32] as const;
const NAMES = DRIVERS.flatMap((driver) =>
  AT_ONCE.flatMap((atOnce) =>
    (Object.keys(WAYS) as (keyof typeof WAYS)[]).map((way) => `${driver}: ${way}: ${atOnce}` as const),
  ),
);
const PER_SECOND_OF_MEASURING = 400;

/** The SQLite store on a file of this machine's disk, each commit flushed. */
export async function sqlite({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  const path = createRequire(import.meta.url).resolve("better-sqlite3");
  const drivers = DRIVERS.filter((driver) => driver.includes(filter));
  const children = new Map<string, Child>();
  try {
    for (const driver of drivers) {
      const child = await Child.start(builtFile("inside/sqlite"), runtime);
      children.set(driver, child);
      await child.ask("open", { driver, path });
    }
    const names = NAMES.filter((name) => drivers.some((driver) => name.startsWith(`${driver}: `)));
    const ask = <T>(question: string, name: string): Promise<T> => {
      const [driver, , atOnce] = name.split(": ") as [string, string, string];
      const count = Math.round(PER_SECOND_OF_MEASURING * seconds);
      return (children.get(driver) as Child).ask<T>(question, { count, atOnce: Number(atOnce) });
    };
    const found = await inRounds(names, rounds, (name) => ask<Taken>(name.split(": ")[1] as string, name));
    const busiest = drivers.map((driver) => `${driver}: store: 32`);
    const held = await inRounds(busiest, rounds, (name) => ask<number>("held", name));
    const bytes = new Map<string, number>();
    for (const [driver, child] of children) bytes.set(driver, await child.ask<number>("bytes"));

    return {
      tables: [
        {
          title: "SQLite store, synchronous = FULL",
          rowsAre: "what",
          columns: [
            { name: "of the same statements, bare", unit: "ratio" },
            { name: "by CPU", unit: "ratio" },
            { name: "ids/s", unit: "per second" },
            { name: "CPU µs", unit: "µs" },
            { name: "event loop held, ms", unit: "ms" },
            { name: "bytes an id", unit: "bytes" },
          ],
          rows: names.map((name): Row => {
            const [driver, way, atOnce] = name.split(": ") as [string, keyof typeof WAYS, string];
            const heldMs = held.get(name);
            return {
              label: `${driver}: ${WAYS[way]}, ${atOnce} at once`,
              figures: [
                ...comparison(found, name, `${driver}: bare: ${atOnce}`),
                heldMs && figureOf(heldMs),
                heldMs && figureOf([bytes.get(driver) as number]),
              ],
            };
          }),
        },
      ],
      targets: drivers.flatMap((driver) =>
        AT_ONCE.flatMap((atOnce): Target[] => {
          const [byRate, byCpu] = comparison(
            found,
            `${driver}: store: ${atOnce}`,
            `${driver}: bare: ${atOnce}`,
          );
          if (byRate === undefined) return [];
          const what = `SQLite, ${driver}: claim and completion, ${atOnce} at once / bare`;
          // Together they pay for one flush, and bare for one each.
          return [{ what, unit: "ratio", atLeast: atOnce === 1 ? 0.9 : 4, found: byRate, byCpu }];
        }),
      ),
      notes: [],
    };
  } finally {
    for (const child of children.values()) await child.stop();
  }
}
