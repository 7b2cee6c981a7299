import { dirname, relative } from "node:path";
import type { MutantResult } from "@stryker-mutator/core";

const CORE = "packages/core/src";

/** Noticed by a failing test, or by the test never coming to an end. */
const NOTICED = new Set(["Killed", "Timeout"]);
/** Noticed by nobody: all tests passed, or none came by. */
const SURVIVED = new Set(["Survived", "NoCoverage"]);

/** @returns the share of mutants that were noticed, in percent */
export function printReport(mutants: readonly MutantResult[]): number {
  for (const mutant of mutants.filter(({ status }) => SURVIVED.has(status))) {
    console.log(`\n${placeOf(mutant)} ${mutant.mutatorName}, ${mutant.status}\n  ${mutant.replacement}`);
  }
  const folders = Map.groupBy(mutants, ({ fileName }) => relative(CORE, dirname(fileName)) || "(top)");
  const rows = [...folders].sort(([a], [b]) => a.localeCompare(b));
  console.log("\n| folder | score | killed | timed out | survived | not covered | ignored |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (const [folder, inside] of [...rows, ["all", mutants] as const]) {
    const figures = ["Killed", "Timeout", "Survived", "NoCoverage", "Ignored"].map(
      (status) => inside.filter((mutant) => mutant.status === status).length,
    );
    console.log(`| ${folder} | ${scoreOf(inside).toFixed(1)} % | ${figures.join(" | ")} |`);
  }
  return scoreOf(mutants);
}

function placeOf({ fileName, location: { start } }: MutantResult): string {
  return `${relative(".", fileName)}:${start.line}:${start.column}`;
}

/** What is ignored, with its reason beside it in the source, does not count; nor does what cannot be run at all. */
function scoreOf(mutants: readonly MutantResult[]): number {
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const survived = mutants.filter(({ status }) => SURVIVED.has(status)).length;
  return noticed + survived === 0 ? Number.NaN : (100 * noticed) / (noticed + survived);
}
