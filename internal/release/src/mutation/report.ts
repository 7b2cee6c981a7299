import { dirname, relative } from "node:path";
import { tableText } from "test-support/table";
import { isEquivalent } from "./equivalent.ts";
import type { Mutant } from "./mutate.ts";

const CORE = "packages/core/src";

/** Noticed by a failing test, or by the test never coming to an end. */
const NOTICED = new Set(["Killed", "Timeout"]);
/** Not noticed: all tests passed, or none ran the line. */
const SURVIVED = new Set(["Survived", "NoCoverage"]);

/** @returns the share of mutants that were noticed, in percent */
export function printReport(all: readonly Mutant[]): number {
  const mutants = all.map((mutant) =>
    SURVIVED.has(mutant.status) && isEquivalent(mutant) ? { ...mutant, status: "Ignored" as const } : mutant,
  );
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

/** Mutants that are ignored (equivalent.ts says why) do not count; nor do those that cannot be run at all. */
function scoreOf(mutants: readonly Mutant[]): number {
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const survived = mutants.filter(({ status }) => SURVIVED.has(status)).length;
  return noticed + survived === 0 ? Number.NaN : (100 * noticed) / (noticed + survived);
}
