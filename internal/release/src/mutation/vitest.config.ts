import { join } from "node:path";
import {
  defineConfig,
  type Plugin,
  type TestProjectInlineConfiguration,
  type ViteUserConfig,
} from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { KeptThread } from "./kept-threads.ts";

/** Where this runs: Stryker's copy of the repository, not the repository. */
const copy = join(import.meta.dirname, "../../../..");

/** What takes longest comes last: most mutants have been noticed by then, and a run ends with the first test that fails. */
const SLOW = /differential|hostile-input|property\/|conformance\//;

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

interface Half {
  readonly name: string;
  /** Chooses core's half for Node or that for the web. */
  readonly condition: string;
  readonly include: string;
}

/** Core has two files for what Node and the web have in different forms, and is all that adapters are made of. */
function half({ name, condition, include }: Half): TestProjectInlineConfiguration {
  const conditions = ["source", condition];
  return {
    plugins: [keptThreads],
    resolve: {
      conditions,
      // `node_modules` of the copy leads back to the original.
      alias: [
        { find: /^@mintfax-webhooks\/core$/, replacement: join(copy, "packages/core/src/index.ts") },
        {
          find: /^@mintfax-webhooks\/core\/(adapter|store)$/,
          replacement: join(copy, "packages/core/src/$1.ts"),
        },
        {
          find: /^@mintfax-webhooks\/core\/node$/,
          replacement: join(copy, "packages/core/src/node/index.ts"),
        },
        {
          find: /^\.\.\/src\/targets\/index\.ts$/,
          replacement: join(import.meta.dirname, "adapter-targets.ts"),
        },
      ],
    },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      name,
      include: [include],
      // Two send thousands of deliveries in one test, and notice nothing that a smaller one would not. One starts processes
      // of its own, where no mutant is. One needs `node:crypto` in another form than the rest. The last reads pages, which
      // the copy does not have.
      exclude: ["copies", "vector", "process-end", "timing", "entries"].map((name) => `**/${name}.test.ts`),
      isolate: false,
      setupFiles: [join(import.meta.dirname, "setup.ts")],
      sequence: { setupFiles: "list" },
      // As it is not mutated, it is loaded by Node, once.
      server: { deps: { external: [/\/packages\/testing\/src\//] } },
      // A mutant that a property finds is found again: few runs, and always the same ones.
      env: { FAST_CHECK_TIMES: "0.04", FAST_CHECK_SEED: "1" },
      // A mutant may have a test wait for ever. Without one, the longest takes a second on a busy machine.
      testTimeout: 5_000,
    },
  };
}

const ADAPTERS = half({
  name: "adapters",
  condition: "node",
  include: "internal/conformance/test/{adapter-suite,http2}.test.ts",
});

const config: ViteUserConfig = defineConfig({
  test: {
    sequence: { sequencer: QuickFirst },
    projects: [
      half({ name: "node", condition: "node", include: "packages/core/test/**/*.test.ts" }),
      ...(process.env.WITH_ADAPTERS === "true" ? [ADAPTERS] : []),
      half({ name: "web", condition: "workerd", include: "packages/core/test/halves.test.ts" }),
    ],
  },
});

export default config;
