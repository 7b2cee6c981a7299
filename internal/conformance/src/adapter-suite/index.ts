import { LIFECYCLE_CASES } from "./cases/lifecycle.ts";
import { MALFORMED_CASES } from "./cases/malformed.ts";
import { MOUNTING_CASES } from "./cases/mounting.ts";
import { OUTCOME_CASES } from "./cases/outcomes.ts";
import { differenceOf } from "./differences.ts";
import type { AdapterCase } from "./target.ts";

export { createSuiteApp, type Lane, type Mount, type SuiteApp } from "./app/index.ts";
export { DIFFERENCES, type Difference } from "./differences.ts";
export { Peer, type Reply } from "./peer.ts";
export type { AdapterCase, AdapterTarget, Platform, RunningTarget } from "./target.ts";

/** What every adapter does, on every platform. To be run one after another. */
export const ADAPTER_CASES: readonly AdapterCase[] = [
  ...OUTCOME_CASES,
  ...MALFORMED_CASES,
  ...MOUNTING_CASES,
  ...LIFECYCLE_CASES,
].map(comparable);

/** Where a platform is known to differ, there is nothing to compare. */
function comparable({ id, row, run }: AdapterCase): AdapterCase {
  return {
    id,
    row,
    async run(target) {
      const difference = differenceOf(id, target.platform);
      if (difference === undefined) return run(target);
      if (difference.instead !== "the case has no meaning there") await run(target);
      return undefined;
    },
  };
}
