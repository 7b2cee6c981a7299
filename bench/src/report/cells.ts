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
  return [
    ["target", "asked for", "found", "", "by CPU time"],
    ...targets.map((target) => [
      target.what,
      boundText(target),
      figureText(target.found, target.unit),
      verdictText(target),
      figureText(target.byCpu, target.unit),
    ]),
  ];
}
