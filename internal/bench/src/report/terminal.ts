import { cellsOfTable, cellsOfTargets } from "./cells.ts";
import type { PartResult } from "./result.ts";

/** What a part has to say, for people at a terminal. */
export function terminalText({ tables, targets, notes }: PartResult): string {
  return [
    ...tables.map((table) => `\n${table.title}\n\n${aligned(cellsOfTable(table))}`),
    ...(targets.length > 0 ? [`\n${aligned(cellsOfTargets(targets))}`] : []),
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}

function aligned(lines: readonly string[][]): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`.trimEnd())
    .join("\n");
}
