import { PostgresServer } from "test-support/postgres-server";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import type { Taken } from "../inside/in-flight.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { Table } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const PROCESSES = [1, 2, 8] as const;
const MOST_PROCESSES = 8;

/** Receivers that share a store, each in a process of its own. */
interface Shared {
  readonly name: string;
  readonly file: string;
  readonly question: object;
  readonly perSecond: number;
  startServer(): Promise<{ readonly url: string; stop(): Promise<unknown> }>;
}

const STORES: readonly Shared[] = [
  {
    name: "Redis (ioredis)",
    file: "inside/redis",
    question: { client: "ioredis" },
    perSecond: 5_000,
    startServer: () => RedisServer.start(),
  },
  {
    name: "PostgreSQL, lease store",
    file: "inside/postgres",
    question: { mode: "lease" },
    perSecond: 2_000,
    startServer: () => PostgresServer.start(),
  },
];

/** Deliveries of all processes together, on one store and on the cores of this machine, which the server needs too. */
export async function processes(effort: Effort): Promise<Table[]> {
  const tables: Table[] = [];
  for (const store of STORES) {
    if (store.file !== "inside/redis" || HAS_REDIS) tables.push(await tableOf(store, effort));
  }
  return tables;
}

async function tableOf(store: Shared, { rounds, seconds, runtime }: Effort): Promise<Table> {
  const server = await store.startServer();
  const children: Child[] = [];
  try {
    for (let n = 0; n < MOST_PROCESSES; n += 1) {
      const child = await Child.start(builtFile(store.file), runtime);
      children.push(child);
      await child.ask("connect", { url: server.url });
    }
    const ask = async (of: number, count: number): Promise<Taken> => {
      const question = { ...store.question, count: Math.ceil(count / of) };
      const taken = await Promise.all(
        children.slice(0, of).map((child) => child.ask<Taken>("deliveries", question)),
      );
      return {
        perSecond: taken.reduce((sum, { perSecond }) => sum + perSecond, 0),
        cpuMicros: taken.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / of,
      };
    };
    await ask(MOST_PROCESSES, store.perSecond * MOST_PROCESSES);
    const names = PROCESSES.map(String);
    const found = await inRounds(names, rounds, (of) => ask(Number(of), store.perSecond * seconds));
    const all = (of: string, key: keyof Taken) => (found.get(of) as Taken[]).map((taken) => taken[key]);
    return {
      title: `${store.name} by processes, 32 in flight in each`,
      rowsAre: "processes",
      columns: [
        { name: "of one", unit: "ratio" },
        { name: "deliveries/s", unit: "per second" },
        { name: "CPU µs", unit: "µs" },
      ],
      rows: names.map((of) => ({
        label: of,
        figures: [
          ratioOf(all(of, "perSecond"), all("1", "perSecond")),
          figureOf(all(of, "perSecond")),
          figureOf(all(of, "cpuMicros")),
        ],
      })),
    };
  } finally {
    for (const child of children) await child.stop();
    await server.stop();
  }
}
