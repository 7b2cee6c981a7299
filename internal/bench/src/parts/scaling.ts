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

/** How the cost of a delivery grows with connections, bodies and processes. */
export async function scaling(effort: Effort): Promise<PartResult> {
  const generator = await Generator.start();
  try {
    const byConnections = await series(
      new Map(CONNECTIONS.map((connections) => [connections.toLocaleString("en"), { connections }])),
      "node-floor",
      generator,
      effort,
    );
    const byBody = await series(
      new Map(Object.entries(BODIES).map(([size, kind]) => [size, { kind }])),
      "node-native",
      generator,
      effort,
    );
    return {
      tables: [
        tableOf("node:http by connections, 1 kB", "connections", "bare", byConnections),
        tableOf("node:http by body, 32 connections", "body", "least", byBody),
        ...(await processes(effort)),
      ],
      targets: [longestWaits(byConnections)],
      notes: [],
    };
  } finally {
    await generator.stop();
  }
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
