import { PostgresServer } from "test-support/postgres-server";
import type { Taken } from "../inside/in-flight.ts";
import type { PostgresMode } from "../inside/postgres.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Row, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { figureOf } from "../stats/summary.ts";
import { claimTimes, groupCommit } from "./group-commit.ts";
import type { Effort } from "./part.ts";
import { manyIds } from "./postgres/many-ids.ts";
import { comparison } from "./taken.ts";

/** A lease takes claim and completion; a transaction has them with BEGIN and COMMIT, and the handler's own. */
const MODES: Readonly<Record<PostgresMode, { readonly label: string; readonly statements: number }>> = {
  lease: { label: "lease store", statements: 2 },
  transaction: { label: "same-transaction store", statements: 3 },
};
/** Issue 18: of the rate and of the CPU time of the statements alone. */
const OF_BARE = { rate: 0.92, cpu: 0.85 };
const WAYS = {
  deliveries: "deliveries through a receiver",
  store: "the store, without a receiver",
  verified: "its statements, bare, with HMAC and JSON.parse",
  bare: "its statements, bare",
} as const;
type Way = keyof typeof WAYS;
const NAMES = (Object.keys(MODES) as PostgresMode[]).flatMap((mode) =>
  (Object.keys(WAYS) as Way[]).map((way) => `${mode} ${way}` as const),
);
const PER_SECOND_OF_MEASURING = 2_000;

/** Issue 18: of the rate of a statement for each call. */
const GROUP_COMMIT_TARGETS = [
  { atOnce: 1, ratio: 0.97 },
  { atOnce: 32, ratio: 5 },
  { atOnce: 128, ratio: 8 },
];
/** The filter for that table alone. */
export const GROUP_COMMIT = "group-commit";

/** What a delivery in one transaction takes, beside its statements alone after the HMAC and `JSON.parse` that every receiver needs. */
export async function ofVerified(runtime: Effort["runtime"]): Promise<number> {
  const server = await PostgresServer.start();
  const child = await Child.start(builtFile("inside/postgres"), runtime);
  try {
    await child.ask("connect", { url: server.url });
    const ask = async (way: Way, count: number): Promise<number> =>
      (await child.ask<Taken>(way, { mode: "transaction", count })).cpuMicros;
    for (const way of ["deliveries", "verified"] as const) await ask(way, PER_SECOND_OF_MEASURING);
    return (await ask("verified", 6_000)) / (await ask("deliveries", 6_000));
  } finally {
    await child.stop();
    await server.stop();
  }
}

/** Deliveries with the Postgres stores on a real server of this machine, which does not wait for its disk. No HTTP. */
export async function postgres({ rounds, seconds, runtime, filter }: Effort): Promise<PartResult> {
  const server = await PostgresServer.start();
  const child = await Child.start(builtFile("inside/postgres"), runtime);
  try {
    await child.ask("connect", { url: server.url });
    const lease = { name: "Postgres", child, targets: GROUP_COMMIT_TARGETS };
    if (filter === GROUP_COMMIT) return await groupCommit(lease, { rounds, seconds });
    const names = NAMES.filter((name) => name.includes(filter));
    const ask = (name: string, count: number) => {
      const [mode, way] = name.split(" ") as [PostgresMode, Way];
      return child.ask<Taken>(way, { mode, count });
    };
    for (const name of names) await ask(name, PER_SECOND_OF_MEASURING);
    const found = await inRounds(names, rounds, (name) =>
      ask(name, Math.round(PER_SECOND_OF_MEASURING * seconds)),
    );
    const statements = new Map<PostgresMode, number>();
    for (const mode of Object.keys(MODES) as PostgresMode[]) {
      statements.set(mode, await child.ask<number>("statements", { mode }));
    }
    const grouped = await groupCommit(lease, { rounds, seconds });
    const ratios = [...statements.keys()].flatMap((mode): Target[] => {
      const [byRate, byCpu] = comparison(found, `${mode} deliveries`, `${mode} bare`);
      if (byRate === undefined || byCpu === undefined) return [];
      const what = `Postgres, ${MODES[mode].label}: deliveries / its statements, bare`;
      return [
        { what, unit: "ratio", atLeast: OF_BARE.rate, found: byRate },
        { what: `${what}, by CPU`, unit: "ratio", atLeast: OF_BARE.cpu, found: byCpu },
      ];
    });
    return {
      tables: [
        {
          title: "Postgres stores, 32 in flight over 10 connections",
          rowsAre: "what",
          columns: [
            { name: "of bare", unit: "ratio" },
            { name: "by CPU", unit: "ratio" },
            { name: "deliveries/s", unit: "per second" },
            { name: "CPU µs", unit: "µs" },
            { name: "messages", unit: "count" },
          ],
          rows: names.map((name): Row => {
            const [mode, way] = name.split(" ") as [PostgresMode, Way];
            return {
              label: `${MODES[mode].label}: ${WAYS[way]}`,
              figures: [
                ...comparison(found, name, `${mode} bare`),
                figureOf([statements.get(mode) as number]),
              ],
            };
          }),
        },
        ...grouped.tables,
        await claimTimes(lease, { rounds, seconds }),
        await manyIds(child, { rounds, seconds }),
      ],
      targets: [
        ...[...statements].map(
          ([mode, count]): Target => ({
            what: `Postgres, ${MODES[mode].label}: messages for a delivery`,
            unit: "count",
            atMost: MODES[mode].statements,
            found: figureOf([count]),
          }),
        ),
        ...ratios,
        ...grouped.targets,
      ],
      notes: [],
    };
  } finally {
    await child.stop();
    await server.stop();
  }
}
