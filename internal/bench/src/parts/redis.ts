import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import type { Taken } from "../inside/in-flight.ts";
import type { RedisName } from "../inside/redis/calls.ts";
import type { ScriptCost } from "../inside/redis/script-costs.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";
import { groups } from "./redis-groups.ts";
import { comparison } from "./taken.ts";

const CLIENTS: readonly RedisName[] = ["ioredis", "ioredis, pipelined", "node-redis"];
const WAYS = {
  deliveries: "deliveries through a receiver",
  store: "claim and completion through the store",
  bare: "bare EVALSHA, the store's own two scripts",
  verified: "bare EVALSHA, with HMAC and JSON.parse",
  least: "bare EVALSHA, two scripts of one SET each",
} as const;
type Way = keyof typeof WAYS;
/** In the table of targets. */
const SHORT: Readonly<Record<Way, string>> = {
  deliveries: "deliveries",
  store: "store",
  bare: "bare EVALSHA",
  verified: "bare EVALSHA, HMAC, JSON.parse",
  least: "bare EVALSHA of SET",
};
const NAMES = CLIENTS.flatMap((client) =>
  (Object.keys(WAYS) as Way[]).map((way) => `${client}: ${way}` as const),
);
const PER_SECOND_OF_MEASURING = 5_000;

/** Deliveries with the Redis store on a real `redis-server` of this machine. No HTTP, which would hide most of it. */
export async function redis({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  if (!HAS_REDIS) return { tables: [], targets: [], notes: ["There is no redis-server on the PATH."] };
  const server = await RedisServer.start();
  const child = await Child.start(builtFile("inside/redis"), runtime);
  try {
    await child.ask("connect", { url: server.url });
    const names = NAMES.filter((name) => name.includes(filter));
    const ask = (name: string, count: number) => {
      const [client, way] = name.split(": ") as [RedisName, Way];
      return child.ask<Taken>(way, { client, count });
    };
    for (const name of names) await ask(name, PER_SECOND_OF_MEASURING);
    const found = await inRounds(names, rounds, (name) =>
      ask(name, Math.round(PER_SECOND_OF_MEASURING * seconds)),
    );
    const calls = new Map<RedisName, number>();
    for (const client of CLIENTS) calls.set(client, await child.ask<number>("calls", { client }));

    const inGroups = await groups(child, { rounds, seconds, filter });
    const costs = "scripts".includes(filter) ? await child.ask<ScriptCost[]>("scriptCosts") : [];
    const tables: readonly Table[] = [
      inGroups.table,
      scriptsTable(costs),
      {
        title: "Redis store, 32 in flight",
        rowsAre: "what",
        columns: [
          { name: "of the store's scripts, bare", unit: "ratio" },
          { name: "by CPU", unit: "ratio" },
          { name: "deliveries/s", unit: "per second" },
          { name: "CPU µs", unit: "µs" },
          { name: "round trips", unit: "count" },
        ],
        rows: names.map((name): Row => {
          const [client, way] = name.split(": ") as [RedisName, Way];
          const trips = way === "deliveries" || way === "store" ? (calls.get(client) as number) : 2;
          return {
            label: `${client}: ${WAYS[way]}`,
            figures: [...comparison(found, name, `${client}: bare`), figureOf([trips])],
          };
        }),
      },
    ];
    return {
      tables: tables.filter(({ rows }) => rows.length > 0),
      targets: [
        ...inGroups.targets,
        ...CLIENTS.flatMap((client): Target[] => {
          const ratioOf = (way: Way, other: Way, atLeast: number): Target[] => {
            const [byRate, byCpu] = comparison(found, `${client}: ${way}`, `${client}: ${other}`);
            if (byRate === undefined) return [];
            const what = `Redis, ${client}: ${SHORT[way]} / ${SHORT[other]}`;
            return [{ what, unit: "ratio", atLeast, found: byRate, byCpu }];
          };
          const ratios = [...ratioOf("store", "bare", 0.8), ...ratioOf("deliveries", "verified", 0.95)];
          if (ratios.length === 0) return [];
          return [
            ...ratios,
            {
              what: `Redis, ${client}: round trips for a delivery`,
              unit: "count",
              atMost: 2,
              found: figureOf([calls.get(client) as number]),
            },
          ];
        }),
      ],
      notes: [],
    };
  } finally {
    await child.stop();
    await server.stop();
  }
}

function scriptsTable(costs: readonly ScriptCost[]): Table {
  return {
    title: "Redis server: calls of scripts, without its reads and writes of the connection",
    rowsAre: "what",
    columns: [{ name: "server's CPU µs", unit: "µs" }],
    rows: costs.map(({ what, serverCpuMicros }) => ({ label: what, figures: [figureOf([serverCpuMicros])] })),
  };
}
