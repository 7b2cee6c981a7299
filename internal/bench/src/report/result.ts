import type { Figure } from "../stats/summary.ts";

/** How a column's figures are to be read. */
export type Unit = "ratio" | "per second" | "µs" | "ms" | "bytes" | "count";

export interface Column {
  readonly name: string;
  readonly unit: Unit;
}

export interface Row {
  readonly label: string;
  /** In the order of the columns; undefined where it has no meaning. */
  readonly figures: readonly (Figure | undefined)[];
}

export interface Table {
  readonly title: string;
  /** What the rows are. */
  readonly rowsAre: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What issue 6 asks for, and what was found. */
export interface Target {
  readonly what: string;
  readonly unit: Unit;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly found: Figure;
  /** The same by CPU time, where `found` is by the clock; it does not decide. */
  readonly byCpu?: Figure | undefined;
}

/** All that a part has to say. */
export interface PartResult {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  readonly notes: readonly string[];
}

/** By the median: a single round says little on a machine that does other things as well. */
export function isMet({ atLeast = -Infinity, atMost = Infinity, found }: Target): boolean {
  return found.median >= atLeast && found.median <= atMost;
}
