import { createHash } from "node:crypto";

/** What Redis runs as one atomic step. */
export interface Script {
  readonly source: string;
  /** The hash by which Redis runs a script that it knows. */
  readonly sha1: string;
}

export function scriptFrom(source: string): Script {
  return { source, sha1: createHash("sha1").update(source).digest("hex") };
}
