import { dirname, relative } from "node:path";
import type { Mutant } from "./mutate.ts";

const CORE = "packages/core/src";

/** Noticed by a failing test, or by the test never coming to an end. */
const NOTICED = new Set(["Killed", "Timeout"]);
/** Noticed by nobody: all tests passed, or none came by. */
const SURVIVED = new Set(["Survived", "NoCoverage"]);

/** @returns the share of mutants that were noticed, in percent */
export function printReport(mutants: readonly Mutant[]): number {
  for (const mutant of mutants.filter(({ status }) => SURVIVED.has(status))) {
    console.log(`\n${placeOf(mutant)} ${mutant.mutatorName}, ${mutant.status}\n  ${mutant.replacement}`);
  }
  const folders = [...new Set(mutants.map(folderOf))].sort();
  const rows = folders.map(
    (folder) => [folder, mutants.filter((mutant) => folderOf(mutant) === folder)] as const,
  );
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

function folderOf({ fileName }: Mutant): string {
  return relative(CORE, dirname(fileName)) || "(top)";
}

function placeOf({ fileName, location: { start } }: Mutant): string {
  return `${relative(".", fileName)}:${start.line}:${start.column}`;
}

/** What is ignored, with its reason beside it in the source, does not count; nor does what cannot be run at all. */
function scoreOf(mutants: readonly Mutant[]): number {
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const survived = mutants.filter(({ status }) => SURVIVED.has(status)).length;
  return noticed + survived === 0 ? Number.NaN : (100 * noticed) / (noticed + survived);
}
