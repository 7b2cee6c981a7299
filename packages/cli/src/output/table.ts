/** A column of a table: its heading, and on which side its cells align. */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

const INDENT = "  ";
const GAP = "  ";

/** Lines of a table, the heading first. Cells hold no colour codes, which would count as characters. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
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
