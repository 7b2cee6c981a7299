import type { ContestantName } from "../contestants/list.ts";
import { Generator } from "../load/generator.ts";
import type { Measured } from "../load/measure.ts";
import type { Kind } from "../load/requests.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import { measureTogether } from "./http.ts";
import type { Effort } from "./part.ts";
import { processes } from "./scaling-processes.ts";

const CONNECTIONS = [1, 8, 32, 256, 2_000] as const;
const MOST_CONNECTIONS = 2_000;
const BODIES: Readonly<Record<string, Kind>> = {
  "1 kB": "mintfax",
  "16 kB": "mintfax, 16 kB kept alive",
  "64 kB": "mintfax, 64 kB kept alive",
  "256 kB": "mintfax, 256 kB kept alive",
};
const OURS: ContestantName = "node-mintfax";

type Load = Pick<Parameters<typeof measureTogether>[2], "connections" | "kind">;

/** How the cost of a delivery grows with `connections`, `body` and `processes`. */
export async function scaling(effort: Effort): Promise<PartResult> {
  const tables: Table[] = [];
  const targets: Target[] = [];
  const generator = await Generator.start();
  try {
    if ("connections".includes(effort.filter)) {
      const found = await series(
        new Map(CONNECTIONS.map((connections) => [connections.toLocaleString("en"), { connections }])),
        "node-floor",
        generator,
        effort,
      );
      tables.push(tableOf("node:http by connections, 1 kB", "connections", "bare", found), waits(found));
      targets.push(longestWaits(found));
    }
    if ("body".includes(effort.filter)) {
      const loads = new Map(Object.entries(BODIES).map(([size, kind]) => [size, { kind }]));
      const found = await series(loads, "node-native", generator, effort);
      tables.push(tableOf("node:http by body, 32 connections", "body", "least", found));
    }
  } finally {
    await generator.stop();
  }
  if ("processes".includes(effort.filter)) tables.push(...(await processes(effort)));
  return { tables, targets, notes: [] };
}

/** What each load gave, of ours and of the other, by round. */
type Series = ReadonlyMap<string, readonly Pair[]>;

interface Pair {
  readonly own: Measured;
  readonly other: Measured;
}

async function series(
  loads: ReadonlyMap<string, Load>,
  other: ContestantName,
  generator: Generator,
  { rounds, runtime, seconds }: Effort,
): Promise<Series> {
  return inRounds([...loads.keys()], rounds, async (label) => {
    const found = await measureTogether([other, OURS], generator, { runtime, seconds, ...loads.get(label) });
    return { own: found.get(OURS) as Measured, other: found.get(other) as Measured };
  });
}

function tableOf(title: string, rowsAre: string, other: string, found: Series): Table {
  return {
    title,
    rowsAre,
    columns: [
      { name: `of ${other}`, unit: "ratio" },
      { name: "by CPU", unit: "ratio" },
      { name: "requests/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
      { name: "p99 ms", unit: "ms" },
      { name: `of ${other}`, unit: "ratio" },
    ],
    rows: [...found].map(([label, pairs]): Row => {
      const own = (key: keyof Measured) => pairs.map((pair) => pair.own[key]);
      const others = (key: keyof Measured) => pairs.map((pair) => pair.other[key]);
      return {
        label,
        figures: [
          ratioOf(own("perSecond"), others("perSecond")),
          ratioOf(others("cpuMicros"), own("cpuMicros")),
          figureOf(own("perSecond")),
          figureOf(own("cpuMicros")),
          figureOf(own("p99Ms")),
          ratioOf(own("p99Ms"), others("p99Ms")),
        ],
      };
    }),
  };
}

/**
 * All connections have a request in flight, so a request waits for those of all others: the mean is the connections divided by
 * the rate. A p99 that is as many times the mean as bare's has no stops of its own.
 */
function waits(found: Series): Table {
  return {
    title: "node:http by connections, 1 kB: p99 beside the mean",
    rowsAre: "connections",
    columns: [
      { name: "ours", unit: "ratio" },
      { name: "bare", unit: "ratio" },
    ],
    rows: [...found].map(([label, pairs]): Row => {
      const connections = Number(label.replaceAll(",", ""));
      const ofMean = ({ p99Ms, perSecond }: Measured) => (p99Ms * perSecond) / 1_000 / connections;
      return {
        label,
        figures: [
          figureOf(pairs.map(({ own }) => ofMean(own))),
          figureOf(pairs.map(({ other }) => ofMean(other))),
        ],
      };
    }),
  };
}

function longestWaits(found: Series): Target {
  const pairs = found.get(MOST_CONNECTIONS.toLocaleString("en")) ?? [];
  return {
    what: "node:http, 2,000 connections: p99 / bare",
    unit: "ratio",
    atMost: 1.3,
    found: ratioOf(
      pairs.map(({ own }) => own.p99Ms),
      pairs.map(({ other }) => other.p99Ms),
    ),
  };
}
