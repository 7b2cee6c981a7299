import type { Taken } from "../../inside/in-flight.ts";
import type { ClaimTimes, Sharing } from "../../inside/postgres/group-commit.ts";
import type { Child } from "../../processes/child.ts";
import type { PartResult, Row, Table, Target } from "../../report/result.ts";
import { inRounds } from "../../stats/rounds.ts";
import { type Figure, figureOf, ratioOf } from "../../stats/summary.ts";
import type { Effort } from "../part.ts";
import { comparison } from "../taken.ts";

const SHARING: Readonly<Record<Sharing, string>> = {
  together: "calls share statements",
  alone: "a statement for each call",
};
const WAYS = Object.keys(SHARING) as Sharing[];
const PER_SECOND_OF_MEASURING = 3_000;

/** Issue 18. */
const TARGETS: readonly { readonly atOnce: number; readonly ratio: number }[] = [
  { atOnce: 1, ratio: 0.97 },
  { atOnce: 32, ratio: 5 },
  { atOnce: 128, ratio: 8 },
];
const CPU_MICROS_MAX = 25;
const WAITING: readonly number[] = [1, 8, 32, 128, 512, 1_024];
const IDS: readonly number[] = [1_000, 100_000, 1_000_000];

type Scope = Pick<Effort, "rounds" | "seconds">;

/** Claims and completions through one lease store, and through a store for each call that is in flight. */
export async function groupCommit(child: Child, scope: Scope): Promise<PartResult> {
  const name = (atOnce: number, sharing: Sharing) => `${atOnce} in flight: ${sharing}`;
  const names = TARGETS.flatMap(({ atOnce }) => WAYS.map((sharing) => name(atOnce, sharing)));
  const found = await measured(child, "claimsAndCompletions", names, scope, (contestant) => {
    const [atOnce, sharing] = contestant.split(" in flight: ") as [string, Sharing];
    return { table: "leases", sharing, atOnce: Number(atOnce), ...countFor(scope, Number(atOnce)) };
  });
  const compared = (atOnce: number) => comparison(found, name(atOnce, "together"), name(atOnce, "alone"));
  return {
    tables: [
      {
        title: "Postgres lease store: claim and completion, over 10 connections",
        rowsAre: "what",
        columns: [
          { name: "of a statement each", unit: "ratio" },
          { name: "by CPU", unit: "ratio" },
          { name: "ids/s", unit: "per second" },
          { name: "CPU µs", unit: "µs" },
        ],
        rows: TARGETS.flatMap(({ atOnce }) =>
          WAYS.map(
            (sharing): Row => ({
              label: `${atOnce} in flight: ${SHARING[sharing]}`,
              figures: comparison(found, name(atOnce, sharing), name(atOnce, "alone")),
            }),
          ),
        ),
      },
    ],
    targets: TARGETS.flatMap(({ atOnce, ratio }): Target[] => {
      const [byRate, byCpu, , micros] = compared(atOnce);
      if (byRate === undefined || micros === undefined) return [];
      const what = `Postgres, lease store, ${atOnce} in flight: calls share statements`;
      const rate: Target = {
        what: `${what} / a statement each`,
        unit: "ratio",
        atLeast: ratio,
        found: byRate,
        byCpu,
      };
      if (atOnce === 1) return [rate];
      return [rate, { what: `${what}: CPU µs`, unit: "µs", atMost: CPU_MICROS_MAX, found: micros }];
    }),
    notes: [],
  };
}

/** How long a claim takes when many are asked for at once. */
export async function claimTimes(child: Child, scope: Scope): Promise<Table> {
  const name = (atOnce: number, sharing: Sharing) => `${atOnce} at once: ${sharing}`;
  const names = WAITING.flatMap((atOnce) => WAYS.map((sharing) => name(atOnce, sharing)));
  const found = await inRounds(names, scope.rounds, (contestant) => {
    const [atOnce, sharing] = contestant.split(" at once: ") as [string, Sharing];
    const calls = { table: "leases", sharing, atOnce: Number(atOnce), ...countFor(scope, Number(atOnce)) };
    return child.ask<ClaimTimes>("claimTimes", calls);
  });
  const figure = (atOnce: number, sharing: Sharing, of: keyof ClaimTimes): Figure =>
    figureOf((found.get(name(atOnce, sharing)) ?? []).map((times) => times[of]));
  return {
    title: "Postgres lease store: milliseconds that a claim takes",
    rowsAre: "claims in flight",
    columns: [
      { name: "p50", unit: "ms" },
      { name: "p99", unit: "ms" },
      { name: "p50, a statement each", unit: "ms" },
      { name: "p99, a statement each", unit: "ms" },
    ],
    rows: WAITING.map((atOnce) => ({
      label: String(atOnce),
      figures: WAYS.flatMap((sharing) => [
        figure(atOnce, sharing, "medianMs"),
        figure(atOnce, sharing, "p99Ms"),
      ]),
    })),
  };
}

/** New ids in tables that remember more and more. */
export async function manyIds(child: Child, scope: Scope): Promise<Table> {
  const tables = new Map<string, number>();
  for (const ids of IDS) tables.set(await child.ask<string>("filledTable", { ids }), ids);
  const names = [...tables.keys()];
  const found = await measured(child, "claimsAndCompletions", names, scope, (table) => ({
    table,
    sharing: "together",
    atOnce: 32,
    ...countFor(scope, 32),
  }));
  const rates = (name: string) => (found.get(name) ?? []).map(({ perSecond }) => perSecond);
  const least = names[0] as string;
  return {
    title: "Postgres lease store: new ids, 32 in flight, beside ids that it remembers",
    rowsAre: "ids remembered",
    columns: [
      { name: `of ${IDS[0]?.toLocaleString("en")}`, unit: "ratio" },
      { name: "ids/s", unit: "per second" },
      { name: "CPU µs", unit: "µs" },
    ],
    rows: names.map((name) => ({
      label: (tables.get(name) as number).toLocaleString("en"),
      figures: [
        name === least ? undefined : ratioOf(rates(name), rates(least)),
        ...comparison(found, name, name).slice(2),
      ],
    })),
  };
}

/** Once unmeasured, so that plans and pages are there. */
async function measured<Asked>(
  child: Child,
  question: string,
  names: readonly string[],
  { rounds }: Scope,
  askedOf: (name: string) => Asked,
): Promise<ReadonlyMap<string, readonly Taken[]>> {
  for (const name of names) await child.ask<Taken>(question, askedOf(name));
  return inRounds(names, rounds, (name) => child.ask<Taken>(question, askedOf(name)));
}

/** One at a time takes longest. */
function countFor({ seconds }: Scope, atOnce: number): { count: number } {
  return { count: Math.ceil(PER_SECOND_OF_MEASURING * seconds * (atOnce === 1 ? 0.3 : 1)) };
}
