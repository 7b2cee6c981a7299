import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { cellsOfTable, cellsOfTargets } from "./cells.ts";
import type { Machine } from "./machine.ts";
import type { PartResult } from "./result.ts";

const FOLDER = join(ROOT, "artifacts");

/** A part of a run, and what else the machine did meanwhile. */
export interface MeasuredPart extends PartResult {
  readonly name: string;
  readonly circumstances: string;
  readonly othersShare: number | undefined;
}

/** Writes all figures of a run: `bench.md` for people, `bench.json` for machines. */
export function writeArtifacts(title: string, machine: Machine, parts: readonly MeasuredPart[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const sections = parts.map((part) => `## ${part.name}\n\n${markdown(part)}`);
  writeFileSync(join(FOLDER, "bench.md"), `${[`# ${title}`, ...sections].join("\n\n")}\n`);
  writeFileSync(join(FOLDER, "bench.json"), `${JSON.stringify({ machine, parts }, null, 2)}\n`);
}

function markdown({ tables, targets, notes, circumstances }: MeasuredPart): string {
  return [
    ...(targets.length > 0 ? [pipes(cellsOfTargets(targets))] : []),
    ...tables.map((table) => `${table.title}:\n\n${pipes(cellsOfTable(table))}`),
    ...notes,
    `_${circumstances}_`,
  ].join("\n\n");
}

function pipes([heading = [], ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = heading.map((_, column) => (column === 0 ? "---" : "--:"));
  return [heading, rule, ...rows].map(line).join("\n");
}
