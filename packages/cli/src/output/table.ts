import { wrap } from "./text.ts";

/** A column of a table: its heading, and on which side its cells align. */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

const INDENT = "  ";
const GAP = "  ";

/**
 * Lines of a table, the heading first. At a terminal that is too narrow for it, each cell is a line, with an empty one
 * between rows. Cells hold no colour codes, which would count as characters.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = sideBySide(columns, rows);
  const width = process.stdout.columns || Number.POSITIVE_INFINITY;
  return lines.every((line) => line.length <= width) ? lines : stacked(columns, rows, width);
}

function stacked(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  terminalWidth: number,
): string[] {
  const width = Math.max(...columns.map(({ heading }) => heading.length));
  const cellLines = (heading: string, cell: string): string[] => {
    const line = `${INDENT}${heading.padEnd(width)}${GAP}${cell}`;
    if (cell === "") return [];
    return line.length <= terminalWidth
      ? [line]
      : [INDENT + heading, wrap(cell, 2 * INDENT.length, terminalWidth)];
  };
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : [""]),
    ...columns.flatMap(({ heading }, column) => cellLines(heading, row[column] ?? "")),
  ]);
}

function sideBySide(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map((column) => column.heading), ...rows];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => (row[index] ?? "").length)));
  return cells.map((row) => {
    const padded = columns.map(({ align }, index) => {
      const cell = row[index] ?? "";
      const width = widths[index] ?? 0;
      return align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    return (INDENT + padded.join(GAP)).trimEnd();
  });
}
