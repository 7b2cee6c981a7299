import type { ChildOptions } from "../processes/child.ts";
import type { PartResult } from "../report/result.ts";

/** How much to measure, and on what. */
export interface Effort {
  readonly rounds: number;
  /** Of each measurement, roughly. */
  readonly seconds: number;
  /** What runs what is measured. */
  readonly runtime: Pick<ChildOptions, "node" | "flags">;
  /** Only what has this in its name. */
  readonly filter: string;
}

/** A part of the bench. */
export type Part = (effort: Effort) => Promise<PartResult>;
