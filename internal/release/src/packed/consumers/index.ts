import type { Part } from "../proof.ts";
import { agents } from "./agents.ts";
import { entries } from "./entries.ts";
import { javascript } from "./javascript.ts";
import { jest } from "./jest.ts";
import { otherRuntimes } from "./other-runtimes.ts";
import { twoWays } from "./two-ways.ts";
import { typescript } from "./typescript.ts";
import { workers } from "./worker.ts";

/** Fresh projects outside the tree, as users have them, each with the tarballs installed by npm. */
export const consumers: Part = {
  name: "consumers",
  title: "Fresh projects that install the tarballs, and real deliveries to them",
  proofs: (stage) => [
    entries,
    ...javascript,
    ...typescript,
    ...jest,
    ...twoWays,
    ...workers(stage),
    ...otherRuntimes,
    ...agents,
  ],
};
