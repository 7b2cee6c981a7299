import { VERIFIERS, type VerifierName, type VerifyRounds } from "../inside/verifiers.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { PartResult, Row, Table, Target } from "../report/result.ts";
import { figureOf, ratioOf } from "../stats/summary.ts";
import type { Effort } from "./part.ts";

const SIZES = [
  ["300 B", 300],
  ["1 kB", 1_000],
  ["10 kB", 10_000],
  ["100 kB", 100_000],
  ["1 MB", 1_000_000],
] as const;
const NAMES = Object.keys(VERIFIERS) as VerifierName[];

/** Verification alone, in a process that does nothing else. */
export async function verify({ rounds, runtime, filter }: Effort): Promise<PartResult> {
  const tables: Table[] = [];
  const targets: Target[] = [];
  for (const [size, bytes] of SIZES.filter(([name]) => name.includes(filter))) {
    const child = await Child.start(builtFile("inside/verify"), runtime);
    const found = await child.ask<VerifyRounds>("measure", { bytes, rounds }).finally(() => child.stop());
    tables.push(tableOf(size, found));
    targets.push({
      what: `Verification, ${size}: mintfax / ${VERIFIERS.native}`,
      unit: "ratio",
      atMost: 1.1,
      found: ratioOf(found.mintfax, found.native),
    });
  }
  return { tables, targets, notes: [] };
}

function tableOf(size: string, found: VerifyRounds): Table {
  return {
    title: `Verification of ${size}, in one process`,
    rowsAre: "how",
    columns: [
      { name: "of HMAC, comparison, JSON.parse", unit: "ratio" },
      { name: "CPU µs a call", unit: "µs" },
    ],
    rows: NAMES.map(
      (name): Row => ({
        label: VERIFIERS[name],
        figures: [name === "native" ? undefined : ratioOf(found[name], found.native), figureOf(found[name])],
      }),
    ),
  };
}
