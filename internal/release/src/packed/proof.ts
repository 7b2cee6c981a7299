import type { Stage } from "./pack/stage.ts";

/** One thing that is shown of the packed packages. */
export interface Proof {
  /** "redis, peer ioredis ^5.0.0" */
  readonly name: string;
  /** Resolves with what was seen, in a few words. Rejects with what is wrong. */
  run(stage: Stage): Promise<string>;
}

/** A group of proofs, which `--only` can pick. */
export interface Part {
  readonly name: string;
  /** For the heading. */
  readonly title: string;
  proofs(stage: Stage): readonly Proof[] | Promise<readonly Proof[]>;
}

/** What became of a proof. */
export interface Finding {
  readonly name: string;
  readonly seen: string;
  readonly fault?: string;
}
