import { inject, vi } from "vitest";

/** What Stryker keeps in a thread, and what we do. */
interface Kept {
  activeMutant?: string | undefined;
  mutantCoverage?: unknown;
  lastMutant?: unknown;
}

const provided = inject as (name: string) => unknown;
const kept = (globalThis as Record<string, unknown>)[String(provided("globalNamespace"))] as Kept | undefined;

// The thread has run other files and other mutants before; Stryker takes it for a fresh one.
if (kept !== undefined) {
  // Unless the mutant is in what modules do as they load, Stryker sets it only afterwards.
  if (provided("mutantActivation") !== "static") kept.activeMutant = undefined;
  // What the last mutant has left in the sources must not reach the next one.
  const mutant = provided("mode") === "mutant" ? provided("activeMutant") : "none";
  if (kept.lastMutant !== mutant) {
    kept.mutantCoverage = undefined;
    vi.resetModules();
  }
  kept.lastMutant = mutant;
}
