import { existsSync } from "node:fs";
import { join } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { ROOT } from "./root.ts";

/** Files of some 10 s or more on a quiet machine: one that began late would run on alone. */
const SLOWEST = [
  "internal/conformance/test/adapter-suite.test.ts",
  "internal/docs/test/programs.test.ts",
  "packages/cli/test/simulate.test.ts",
  "packages/redis/test/faults.test.ts",
  "packages/sqlite/test/processes.test.ts",
  "packages/sandbox/test/page.test.ts",
  "examples/express-postgres/test/express-postgres.test.ts",
  "internal/docs/test/commands.test.ts",
  "packages/postgres/test/pool.test.ts",
  "internal/conformance/test/middleware-in-front.test.ts",
  "packages/cli/test/trigger.test.ts",
  "packages/queue/test/bullmq/hand-off-suite.test.ts",
  "packages/queue/test/bullmq/versions.test.ts",
  "internal/resilience/test/model.test.ts",
  "packages/redis/test/misconfigured.test.ts",
  "packages/postgres/test/store-suite.test.ts",
  "packages/sqlite/test/store-suite.test.ts",
  "packages/postgres/test/deployments.test.ts",
].map((name) => join(ROOT, name));

/** Begins with the slowest files. Vitest knows durations only where it has run before, and goes by sizes elsewhere. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const missing = SLOWEST.filter((path) => !existsSync(path));
    if (missing.length > 0) throw new Error(`slowest-first.ts names missing files: ${missing.join(", ")}`);
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOWEST.includes(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
