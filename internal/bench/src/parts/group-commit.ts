import type { Taken } from "../inside/in-flight.ts";
import type { ClaimTimes, Sharing } from "../inside/lease-calls.ts";
import type { Child } from "../processes/child.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { inRounds } from "../stats/rounds.ts";
import { type Figure, figureOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";
import { comparison } from "./taken.ts";

const SHARING: Readonly<Record<Sharing, string>> = {
  together: "calls share statements",
  alone: "a statement for each call",
};
const WAYS = Object.keys(SHARING) as Sharing[];
const PER_SECOND_OF_MEASURING = 3_000;

const WAITING: readonly number[] = [1, 8, 32, 128, 512, 1_024];

export type Scope = Pick<Effort, "rounds" | "seconds">;

/** Whose lease store is measured. */
export interface Server {
  readonly name: string;
  readonly child: Child;
  /** By calls in flight: the rate beside that of a statement for each call, at least. */
  readonly targets: readonly { readonly atOnce: number; readonly ratio: number }[];
}

/** Of the receiver for an id, where calls share statements. */
const CPU_MICROS_MAX = 25;

/** Claims and completions through one lease store, and through a store for each call that is in flight. */
export async function groupCommit(
  { name: server, child, targets }: Server,
  scope: Scope,
): Promise<PartResult> {
  const name = (atOnce: number, sharing: Sharing) => `${atOnce} in flight: ${sharing}`;
  const names = targets.flatMap(({ atOnce }) => WAYS.map((sharing) => name(atOnce, sharing)));
  const found = await measured(child, "claimsAndCompletions", names, scope, (contestant) => {
    const [atOnce, sharing] = contestant.split(" in flight: ") as [string, Sharing];
    return { table: "leases", sharing, atOnce: Number(atOnce), ...countFor(scope, Number(atOnce)) };
  });
  const compared = (atOnce: number) => comparison(found, name(atOnce, "together"), name(atOnce, "alone"));
  return {
    tables: [
      {
        title: `${server} lease store: claim and completion, over 10 connections`,
        rowsAre: "what",
        columns: [
          { name: "of a statement each", unit: "ratio" },
          { name: "by CPU", unit: "ratio" },
          { name: "ids/s", unit: "per second" },
          { name: "CPU µs", unit: "µs" },
        ],
        rows: targets.flatMap(({ atOnce }) =>
          WAYS.map(
            (sharing): Row => ({
              label: `${atOnce} in flight: ${SHARING[sharing]}`,
              figures: comparison(found, name(atOnce, sharing), name(atOnce, "alone")),
            }),
          ),
        ),
      },
    ],
    targets: targets.flatMap(({ atOnce, ratio }): Target[] => {
      const [byRate, byCpu, , micros] = compared(atOnce);
      if (byRate === undefined || micros === undefined) return [];
      const what = `${server}, lease store, ${atOnce} in flight: calls share statements`;
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
export async function claimTimes(
  { name: server, child }: Pick<Server, "name" | "child">,
  scope: Scope,
): Promise<Table> {
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
    title: `${server} lease store: milliseconds that a claim takes`,
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

/** Once unmeasured, so that plans and pages are there. */
export async function measured<Asked>(
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
export function countFor({ seconds }: Scope, atOnce: number): { count: number } {
  return { count: Math.ceil(PER_SECOND_OF_MEASURING * seconds * (atOnce === 1 ? 0.3 : 1)) };
}
