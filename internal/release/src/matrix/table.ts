import { tableText } from "test-support/table";
import type { Result } from "./program/check.ts";

/** A runtime or a framework, and what became of the checks that it has to pass. */
export interface Column {
  readonly name: string;
  readonly variant: string;
  readonly results: readonly Result[];
}

/** Prints rows of behaviours, and under them those that do not hold. @returns whether everything holds */
export function printTable(title: string, columns: readonly Column[]): boolean {
  const rows = [...new Set(columns.flatMap(({ results }) => results.map(({ name }) => name)))];
  const cells = [
    ["", ...columns.map(({ name }) => name)],
    ["", ...columns.map(({ variant }) => variant)],
    ...rows.map((row) => [
      row,
      ...columns.map(({ results }) => markOf(results.find(({ name }) => name === row))),
    ]),
  ];
  console.log(`\n${title}\n\n${tableText(cells)}`);
  const faults = columns.flatMap(({ name, variant, results }) =>
    results.flatMap((result) =>
      result.fault === undefined ? [] : [`${name} ${variant}: ${result.name}: ${result.fault}`],
    ),
  );
  for (const fault of faults) console.log(`\n  ✗ ${fault}`);
  return faults.length === 0 && rows.length > 0;
}

function markOf(result: Result | undefined): string {
  if (result === undefined) return "–";
  return result.fault === undefined ? "✓" : "✗";
}
