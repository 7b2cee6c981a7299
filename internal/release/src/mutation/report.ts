import { dirname, relative } from "node:path";
import { tableText } from "test-support/table";
import type { Mutant } from "./mutate.ts";

const CORE = "packages/core/src";

/** Noticed by a failing test, or by the test never coming to an end. */
const NOTICED = new Set(["Killed", "Timeout"]);
/** Not noticed: all tests passed, or none reached it. */
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
  const table = [...rows, ["all", mutants] as const].map(([folder, inside]) => {
    const figures = ["Killed", "Timeout", "Survived", "NoCoverage", "Ignored"].map((status) =>
      String(inside.filter((mutant) => mutant.status === status).length),
    );
    return [folder, `${scoreOf(inside).toFixed(1)} %`, ...figures];
  });
  const columns = ["folder", "score", "killed", "timed out", "survived", "not covered", "ignored"];
  console.log(`\n${tableText([columns, ...table])}`);
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
