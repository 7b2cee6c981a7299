import type { Result } from "./program/check.ts";

/** A runtime or a framework, and what became of the checks that it has to pass. */
export interface Column {
  readonly name: string;
  readonly variant: string;
  readonly results: readonly Result[];
}

/** Prints rows of behaviours, and under them whatever does not hold. @returns whether everything holds */
export function printTable(title: string, columns: readonly Column[]): boolean {
  const rows = [...new Set(columns.flatMap(({ results }) => results.map(({ name }) => name)))];
  const rowWidth = Math.max(...rows.map((row) => row.length));
  const line = (row: string, cells: readonly string[]): void => {
    const padded = cells.map((cell, index) => cell.padEnd(widthOf(columns[index])));
    console.log([`  ${row.padEnd(rowWidth)}`, ...padded].join("  ").trimEnd());
  };

  console.log(`\n${title}\n`);
  line(
    "",
    columns.map(({ name }) => name),
  );
  line(
    "",
    columns.map(({ variant }) => variant),
  );
  for (const row of rows) {
    line(
      row,
      columns.map(({ results }) => markOf(results.find(({ name }) => name === row))),
    );
  }
  const faults = columns.flatMap(({ name, variant, results }) =>
    results.flatMap((result) =>
      result.fault === undefined ? [] : [`${name} ${variant}: ${result.name}: ${result.fault}`],
    ),
  );
  for (const fault of faults) console.log(`\n  ✗ ${fault}`);
  return faults.length === 0 && rows.length > 0;
}

function widthOf(column: Column | undefined): number {
  return Math.max(column?.name.length ?? 0, column?.variant.length ?? 0);
}

function markOf(result: Result | undefined): string {
  if (result === undefined) return "–";
  return result.fault === undefined ? "✓" : "✗";
}
