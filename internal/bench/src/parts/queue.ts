import { PostgresServer } from "test-support/postgres-server";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import type { Taken } from "../inside/in-flight.ts";
import type { EngineName } from "../inside/queue/engine.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";
import { comparison } from "./taken.ts";

/** How much of it a second of measuring is, roughly. */
const ENGINES: Readonly<Record<EngineName, { readonly perSecond: number; readonly delays: number }>> = {
  bullmq: { perSecond: 4_000, delays: 100 },
  // It looks for jobs every 2 s, and every 0.5 s at the most.
  "pg-boss": { perSecond: 2_000, delays: 3 },
  "graphile-worker": { perSecond: 2_000, delays: 100 },
};
const LEAST = 0.8;

const STORING = {
  add: "the engine's own add",
  handOff: "hand-off",
  sealed: "hand-off, sealed",
  deliveries: "delivery: verified, claimed, handed off, completed",
} as const;
const WORKING = {
  workBare: "the engine's own worker",
  workByHand: "the same, with claim and completion on the server",
  work: "ours, deduplicated in memory",
  workDeduplicated: "ours, deduplicated on the same server",
} as const;

type Way = keyof typeof STORING | keyof typeof WORKING;
type Name = `${EngineName}: ${Way}`;

/** Hand-off and worker on real engines of this machine, beside the engines alone. No HTTP. */
export async function queue({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  const engines = (Object.keys(ENGINES) as EngineName[])
    .filter((engine) => engine !== "bullmq" || HAS_REDIS)
    .filter((engine) => engine.includes(filter));
  const redis = engines.includes("bullmq") ? await RedisServer.start("--appendonly", "yes") : undefined;
  const postgres = engines.some((engine) => engine !== "bullmq") ? await PostgresServer.start() : undefined;
  const child = await Child.start(builtFile("inside/queue"), runtime);
  try {
    for (const engine of engines) {
      await child.ask("connect", { engine, url: engine === "bullmq" ? redis?.url : postgres?.url });
    }
    const measure = (names: readonly Name[]) =>
      inRounds(names, rounds, (name) => {
        const [engine, way] = name.split(": ") as [EngineName, Way];
        const count = Math.max(50, Math.round(ENGINES[engine].perSecond * seconds));
        return child.ask<Taken>(way, { engine, count });
      });
    const namesOf = (ways: object): Name[] =>
      engines.flatMap((engine) => (Object.keys(ways) as Way[]).map((way): Name => `${engine}: ${way}`));
    for (const name of [...namesOf(STORING), ...namesOf(WORKING)]) {
      const [engine, way] = name.split(": ") as [EngineName, Way];
      await child.ask(way, { engine, count: Math.round(ENGINES[engine].perSecond / 2) });
    }
    const storing = await measure(namesOf(STORING));
    const working = await measure(namesOf(WORKING));
    const delays = await inRounds(engines, rounds, (engine) =>
      child.ask<readonly [number, number]>("delay", {
        engine,
        count: Math.max(3, Math.round(ENGINES[engine].delays * seconds)),
      }),
    );
    return {
      tables: [
        table("Stored in a queue, 32 in flight", storing, engines, STORING, "add"),
        table("Worked on, 10 at a time", working, engines, WORKING, "workBare"),
        {
          title: "From the arrival of a delivery to the start of its handler in a worker, one at a time",
          rowsAre: "engine",
          columns: [
            { name: "median", unit: "ms" },
            { name: "99 %", unit: "ms" },
          ],
          rows: engines.map((engine): Row => {
            const found = delays.get(engine) ?? [];
            return {
              label: engine,
              figures: [figureOf(found.map(([median]) => median)), figureOf(found.map(([, high]) => high))],
            };
          }),
        },
      ],
      targets: engines.flatMap((engine) => [
        target(storing, engine, "handOff", "add", "hand-off / the engine's own add"),
        target(working, engine, "work", "workBare", "worker, memory store / the engine's own worker"),
        target(
          working,
          engine,
          "workDeduplicated",
          "workByHand",
          "worker / the engine's own, claim and completion by hand",
        ),
        target(working, engine, "workDeduplicated", "workBare", "worker / the engine's own worker"),
      ]),
      notes: HAS_REDIS ? [] : ["There is no redis-server on the PATH."],
    };
  } finally {
    await child.stop();
    await redis?.stop();
    await postgres?.stop();
  }
}

function table(
  title: string,
  found: ReadonlyMap<string, readonly Taken[]>,
  engines: readonly EngineName[],
  ways: Readonly<Partial<Record<Way, string>>>,
  bare: Way,
): Table {
  return {
    title,
    rowsAre: "what",
    columns: [
      { name: "of the engine alone", unit: "ratio" },
      { name: "by CPU", unit: "ratio" },
      { name: "events/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
    ],
    rows: engines.flatMap((engine) =>
      Object.entries(ways).map(([way, label]) => ({
        label: `${engine}: ${label}`,
        figures: comparison(found, `${engine}: ${way}`, `${engine}: ${bare}`),
      })),
    ),
  };
}

function target(
  found: ReadonlyMap<string, readonly Taken[]>,
  engine: EngineName,
  way: Way,
  bare: Way,
  what: string,
): Target {
  const [byRate, byCpu] = comparison(found, `${engine}: ${way}`, `${engine}: ${bare}`);
  if (byRate === undefined) throw new Error(`${engine}: ${way} was not measured`);
  return { what: `${engine}: ${what}`, unit: "ratio", atLeast: LEAST, found: byRate, byCpu };
}
