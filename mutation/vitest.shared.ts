import { join } from "node:path";
import type { Plugin, ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { KeptThread } from "./kept-threads.ts";

/** Where this runs: Stryker's copy of the repository, not the repository. */
const copy = join(import.meta.dirname, "..");

/** What takes longest comes last: most mutants have been noticed by then, and a run ends with the first test that fails. */
const SLOW = /differential|hostile-input|property\//;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification): number => Number(SLOW.test(moduleId));
    return [...files].sort((a, b) => isSlow(a) - isSlow(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** In a plugin, since Stryker sets a pool of its own over that of the configuration. */
const keptThreads: Plugin = {
  name: "kept-threads",
  configureVitest({ project }) {
    const { name } = KeptThread;
    project.config.pool = name;
    project.config.poolRunner = { name, createPoolWorker: (options) => new KeptThread(options) };
  },
};

interface Tests {
  /** They choose core's half for Node or that for the web. */
  readonly conditions: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * How the copy is tested. What is imported by its package's name has to be the copy too, and `node_modules` in it leads
 * back to the original.
 */
export function configFor({ conditions, include, exclude }: Tests): ViteUserConfig {
  return {
    plugins: [keptThreads],
    resolve: {
      conditions: [...conditions],
      alias: [
        { find: /^@mintfax-webhooks\/core$/, replacement: join(copy, "packages/core/src/index.ts") },
        {
          find: /^@mintfax-webhooks\/core\/node$/,
          replacement: join(copy, "packages/core/src/node/index.ts"),
        },
      ],
    },
    ssr: { resolve: { conditions: [...conditions], externalConditions: [...conditions] } },
    test: {
      include: [...include],
      exclude: [...exclude],
      // As it is not mutated, it is loaded by Node, once.
      server: { deps: { external: [/\/packages\/testing\/src\//] } },
      setupFiles: [join(copy, "mutation/setup.ts")],
      sequence: { sequencer: QuickFirst, setupFiles: "list" },
      // A mutant that a property finds is found again: few runs, and always the same ones.
      env: { FAST_CHECK_RUNS: "300", FAST_CHECK_SEED: "1" },
      testTimeout: 20_000,
    },
  };
}
