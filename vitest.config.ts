import { availableParallelism } from "node:os";
import {
  defineConfig,
  type TestProjectInlineConfiguration,
  type ViteUserConfigFnObject,
} from "vitest/config";
import { LIMITS, resolvedFor } from "./internal/test-support/src/vitest-settings.ts";

const FOLDERS = "{packages,internal,examples}/*/test";

/** `pnpm test:all` runs these too: they test our tools, not the product. */
const LONG = `${FOLDERS}/**/*.long.test.ts`;

/** These freeze and cut off servers and expect clients to notice within a time. They run one at a time, at the end. */
const ALONE = ["packages/redis/test/{faults,outage}.test.ts", LONG];

/** Tests what Node and the web do by different means; runs with either half of core. */
const HALVES = "packages/core/test/halves.test.ts";

function project(
  platform: "node" | "workerd",
  test: TestProjectInlineConfiguration["test"],
): TestProjectInlineConfiguration {
  return { extends: true, ...resolvedFor(platform), test: test ?? {} };
}

const config: ViteUserConfigFnObject = defineConfig(({ mode }) => {
  const all = mode === "all";
  return {
    test: {
      globalSetup: "./internal/test-support/src/own-tmpdir.ts",
      ...LIMITS,
      env: { TEST_ALL: String(all) },
      projects: [
        project("node", {
          name: "node",
          include: [`${FOLDERS}/**/*.test.ts`],
          exclude: ALONE,
        }),
        project("workerd", { name: "web", include: [HALVES] }),
        project("node", {
          name: "alone",
          include: ALONE,
          exclude: all ? [] : [LONG],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        }),
      ],
      // Many files wait for processes and servers, so one more than there are cores keeps all of them busy.
      maxWorkers: availableParallelism() + 1,
      coverage: {
        provider: "v8",
        // Code in the tests' own processes only. The tests of the other packages run most of it in servers and commands
        // that they start.
        include: [
          "packages/{core,express,fastify,hono,koa,lambda,nestjs,opentelemetry,testing}/src/**",
          // The engines of hand-off run in their own processes, too.
          "packages/queue/src/{*,message/*}.ts",
        ],
        // What stores and the fax watch share: the tests of packages/postgres and packages/sqlite run it.
        exclude: [
          "packages/core/src/fax-watch/**",
          "packages/core/src/store/{check-clock,postgres-query}.ts",
        ],
        reporter: ["text-summary"],
        // In percent: what the tests reach, rounded down.
        thresholds: {
          "packages/core/src/**": { lines: 99, statements: 98, functions: 99, branches: 95 },
          "packages/express/src/**": { lines: 100, statements: 100, functions: 100, branches: 80 },
          "packages/fastify/src/**": { lines: 100, statements: 100, functions: 100, branches: 90 },
          "packages/hono/src/**": { lines: 96, statements: 97, functions: 92, branches: 100 },
          "packages/koa/src/**": { lines: 100, statements: 100, functions: 100, branches: 95 },
          "packages/lambda/src/**": { lines: 100, statements: 100, functions: 95, branches: 90 },
          "packages/nestjs/src/**": { lines: 99, statements: 97, functions: 98, branches: 90 },
          "packages/opentelemetry/src/**": { lines: 100, statements: 100, functions: 100, branches: 95 },
          "packages/queue/src/**": { lines: 94, statements: 92, functions: 90, branches: 84 },
          "packages/testing/src/**": { lines: 91, statements: 90, functions: 86, branches: 92 },
        },
      },
      // The last line says what ran, in a form that any CI can read.
      reporters: ["default", "./internal/test-support/src/plain-summary.ts"],
    },
  };
});

export default config;
