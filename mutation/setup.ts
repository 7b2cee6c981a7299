import { inject } from "vitest";

/** What Stryker keeps in a thread. */
interface Stryker {
  activeMutant?: string | undefined;
  mutantCoverage?: unknown;
}

const provided = inject as (name: string) => unknown;
const stryker = (globalThis as Record<string, unknown>)[String(provided("globalNamespace"))] as
  | Stryker
  | undefined;

// The thread has run other files and other mutants before. Stryker takes it for a fresh one: unless the mutant is in what
// modules do as they load, it sets it only afterwards.
if (stryker !== undefined) {
  stryker.mutantCoverage = undefined;
  if (provided("mutantActivation") !== "static") stryker.activeMutant = undefined;
}
