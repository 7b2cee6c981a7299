import { boundText, figureText, verdictText } from "./format.ts";
import type { Table, Target } from "./result.ts";

/** The cells of a table, its heading first. */
export function cellsOfTable({ rowsAre, columns, rows }: Table): string[][] {
  return [
    [rowsAre, ...columns.map(({ name }) => name)],
    ...rows.map(({ label, figures }) => [
      label,
      ...columns.map(({ unit }, index) => figureText(figures[index], unit)),
    ]),
  ];
}

export function cellsOfTargets(targets: readonly Target[]): string[][] {
  const hasCpu = targets.some(({ byCpu }) => byCpu !== undefined);
  return [
    ["target", "asked for", "found", "", ...(hasCpu ? ["by CPU time"] : [])],
    ...targets.map((target) => [
      target.what,
      boundText(target),
      figureText(target.found, target.unit),
      verdictText(target),
      ...(hasCpu ? [figureText(target.byCpu, target.unit)] : []),
    ]),
  ];
}
