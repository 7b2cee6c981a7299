import { availableParallelism } from "node:os";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigFnObject,
} from "vitest/config";
import { SlowestFirst } from "./internal/test-support/src/slowest-first.ts";
import { LIMITS, resolvedFor } from "./internal/test-support/src/vitest-settings.ts";

const FOLDERS = "{packages,internal,examples}/*/test";

/** `pnpm test:all` runs these too, one at a time, at the end. */
const LONG = `${FOLDERS}/**/*.long.test.ts`;

const LONG_RUN = project("node", {
  name: "long",
  include: [LONG],
  maxWorkers: 1,
  sequence: { groupOrder: 1 },
});

/** Many small files, which leave nothing behind in their process, so they share one. The other one replaces a part of Node. */
const CORE = "packages/core/test/**/!(timing).test.ts";

/** Tests what Node and the web do by different means; runs with either half of core. */
const HALVES = "packages/core/test/halves.test.ts";

function project(
  platform: "node" | "workerd",
  test: TestProjectInlineConfiguration["test"],
): TestProjectInlineConfiguration {
  return { extends: true, ...resolvedFor(platform), test: test ?? {} };
}

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  return {
    test: {
      globalSetup: "./internal/test-support/src/own-tmpdir.ts",
      setupFiles: "./internal/test-support/src/patience.ts",
      ...LIMITS,
      env: { TEST_ALL: String(mode === "all") },
      projects: [
        project("node", {
          name: "node",
          include: [`${FOLDERS}/**/*.test.ts`],
          exclude: [LONG, CORE],
        }),
        project("node", { name: "core", include: [CORE], isolate: false }),
        project("workerd", { name: "web", include: [HALVES] }),
        ...(mode === "all" ? [LONG_RUN] : []),
      ],
      // Half of the time files wait: for processes to start, for servers to come back.
      maxWorkers: 2 * availableParallelism() + 1,
      sequence: { sequencer: SlowestFirst },
      coverage: {
        provider: "v8",
        // Code in the tests' own processes only. The tests of the other packages run most of it in servers and commands
        // that they start.
        include: [
          "packages/{core,express,fastify,hono,koa,lambda,nestjs,opentelemetry,testing}/src/**",
          // The engines of hand-off run in their own processes, too.
          "packages/queue/src/{*,message/*}.ts",
        ],
        // Tests in workerd run it.
        exclude: ["packages/core/src/fetch/body-reader.ts"],
        reporter: ["text-summary"],
        // In percent: what the tests reach, rounded down.
        thresholds: {
          "packages/core/src/**": { lines: 99, statements: 98, functions: 99, branches: 95 },
          "packages/express/src/**": { lines: 100, statements: 100, functions: 100, branches: 80 },
          "packages/fastify/src/**": { lines: 100, statements: 100, functions: 100, branches: 90 },
          "packages/hono/src/**": { lines: 96, statements: 97, functions: 92, branches: 100 },
          "packages/koa/src/**": { lines: 100, statements: 100, functions: 100, branches: 95 },
          "packages/lambda/src/**": { lines: 100, statements: 100, functions: 95, branches: 90 },
          "packages/nestjs/src/**": { lines: 100, statements: 97, functions: 100, branches: 90 },
          "packages/opentelemetry/src/**": { lines: 100, statements: 100, functions: 100, branches: 95 },
          "packages/queue/src/**": { lines: 94, statements: 92, functions: 90, branches: 84 },
          "packages/testing/src/**": { lines: 91, statements: 90, functions: 86, branches: 93 },
        },
      },
      // The last line says what ran, in a form that any CI can read.
      reporters: ["default", "./internal/test-support/src/plain-summary.ts"],
    },
  };
});

export default config;
