import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

const FILES = 30;

/** Prints the test files that took longest, with what it took to load each: `12.3 s  packages/queue/test/…`. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const files = testModules.map((module) => {
      const { collectDuration, duration } = module.diagnostic();
      return { ms: collectDuration + duration, name: relative(process.cwd(), module.moduleId) };
    });
    for (const { ms, name } of files.toSorted((a, b) => b.ms - a.ms).slice(0, FILES))
      console.log(`${(ms / 1_000).toFixed(1).padStart(6)} s  ${name}`);
  }
}
