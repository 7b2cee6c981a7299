import { tableText } from "test-support/table";
import { cellsOfTable, cellsOfTargets } from "./cells.ts";
import type { PartResult } from "./result.ts";

/** What a part has to say, for people at a terminal. */
export function terminalText({ tables, targets, notes }: PartResult): string {
  return [
    ...tables.map((table) => `\n${table.title}\n\n${tableText(cellsOfTable(table))}`),
    ...(targets.length > 0 ? [`\n${tableText(cellsOfTargets(targets))}`] : []),
    ...notes.map((note) => `  ${note}`),
  ].join("\n");
}
