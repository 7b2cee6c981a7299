import type { Grouped, GroupedTaken } from "../inside/redis.ts";
import type { Child } from "../processes/child.ts";
import type { Row, Table, Target } from "../report/result.ts";
import { inRounds, toAndFro } from "../stats/rounds.ts";
import { type Figure, figureOf, mediansOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";
import { comparison } from "./taken.ts";

const CLIENTS = ["ioredis", "node-redis"] as const;
const IN_FLIGHT = [1, 32, 128, 1_024] as const;
const PER_SECOND_OF_MEASURING = { alone: 5_000, many: 20_000 };
const WARM_UP = 2_000;
/** Of a round, each. */
const SLICES = 8;
/** Targets are set for up to so many in flight. */
const ASKED_FOR = 128;
/** Where the server is compared with the least that it could have to do. */
const ON_SERVER = 32;

const WAYS = {
  grouped: "in groups",
  // A store that shares no call, as it would be without group commit.
  single: "one step a call",
  least: "two scripts of one SET each",
} as const;
type Way = keyof typeof WAYS;

interface Measure {
  readonly client: (typeof CLIENTS)[number];
  readonly way: Way;
  readonly atOnce: number;
}

const MEASURES: ReadonlyMap<string, Measure> = new Map(
  CLIENTS.flatMap((client) =>
    IN_FLIGHT.flatMap((atOnce) =>
      (Object.keys(WAYS) as Way[])
        .filter((way) => way !== "least" || atOnce === ON_SERVER)
        .map((way) => [labelOf({ client, way, atOnce }), { client, way, atOnce }] as const),
    ),
  ),
);

/** What the store gains from sending together what deliveries ask for in one turn, beside itself without that. */
export async function groups(
  child: Child,
  { rounds, seconds, filter }: Pick<Effort, "rounds" | "seconds" | "filter">,
): Promise<{ readonly table: Table; readonly targets: readonly Target[] }> {
  const names = [...MEASURES.keys()].filter((name) => name.includes(filter));
  const ask = (name: string, count: number): Promise<GroupedTaken> => {
    const { way, ...load } = MEASURES.get(name) as Measure;
    const asked: Grouped = { ...load, count, ...(way === "single" && { batchMax: 1 }) };
    return child.ask<GroupedTaken>(way === "least" ? "leastInFlight" : "grouped", asked);
  };
  for (const name of names) await ask(name, WARM_UP);
  const loads = [...new Set(names.map(loadOf))];
  const byLoad = await inRounds(loads, rounds, async (load) => {
    const { alone, many } = PER_SECOND_OF_MEASURING;
    const ways = names.filter((name) => loadOf(name) === load);
    const turns = await toAndFro(ways, SLICES, (name) => {
      const { atOnce } = MEASURES.get(name) as Measure;
      return ask(name, Math.round(((atOnce === 1 ? alone : many) * seconds) / SLICES));
    });
    return new Map([...turns].map(([name, taken]) => [name, mediansOf(taken)]));
  });
  const found = new Map(
    names.map((name) => [
      name,
      (byLoad.get(loadOf(name)) ?? []).map((ways) => ways.get(name) as GroupedTaken),
    ]),
  );
  const of = (name: string, what: (taken: GroupedTaken) => number): Figure =>
    figureOf((found.get(name) ?? []).map(what));
  const besideSingle = (name: string) =>
    comparison(found, name, labelOf({ ...(MEASURES.get(name) as Measure), way: "single" }));

  return {
    table: {
      title: "Redis store, claim and completion, by deliveries in flight",
      rowsAre: "what",
      columns: [
        { name: "of one step a call", unit: "ratio" },
        { name: "by CPU", unit: "ratio" },
        { name: "deliveries/s", unit: "per second" },
        { name: "CPU µs", unit: "µs" },
        { name: "server's CPU µs", unit: "µs" },
        { name: "claim, p50", unit: "ms" },
        { name: "claim, p99", unit: "ms" },
      ],
      rows: names.map(
        (name): Row => ({
          label: name,
          figures: [
            ...besideSingle(name),
            of(name, serverCpu),
            of(name, ({ p50Ms }) => p50Ms),
            of(name, ({ p99Ms }) => p99Ms),
          ],
        }),
      ),
    },
    targets: names.flatMap((name): Target[] => {
      const { client, way, atOnce } = MEASURES.get(name) as Measure;
      const what = `Redis, ${client}, ${atOnce} in flight`;
      const least = found.get(labelOf({ client, atOnce, way: "least" }));
      const onServer: Target[] =
        least === undefined || way === "least"
          ? []
          : [
              {
                what: `${what}, ${WAYS[way]}: server's CPU, scripts of one SET / store`,
                unit: "ratio",
                atLeast: 0.85,
                found: ratioOf(least.map(serverCpu), (found.get(name) ?? []).map(serverCpu)),
              },
            ];
      const [byRate, byCpu, , cpuMicros] = besideSingle(name);
      if (way !== "grouped" || atOnce > ASKED_FOR || byRate === undefined || cpuMicros === undefined)
        return onServer;
      const atLeast = atOnce === 1 ? 0.97 : 1.7;
      const targets: Target[] = [
        { what: `${what}: in groups / one step a call`, unit: "ratio", atLeast, found: byRate, byCpu },
      ];
      if (atOnce > 1) {
        targets.push({ what: `${what}: CPU of the receiver`, unit: "µs", atMost: 8, found: cpuMicros });
      }
      return [...targets, ...onServer];
    }),
  };
}

function serverCpu({ serverCpuMicros }: GroupedTaken): number {
  return serverCpuMicros;
}

/** What is measured side by side. */
function loadOf(name: string): string {
  const { client, atOnce } = MEASURES.get(name) as Measure;
  return `${client}, ${atOnce}`;
}

function labelOf({ client, way, atOnce }: Measure): string {
  return `${client}: ${WAYS[way]}, ${atOnce.toLocaleString("en")} in flight`;
}
