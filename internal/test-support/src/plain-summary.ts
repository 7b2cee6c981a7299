import type { Reporter, TestModule } from "vitest/node";

/** Ends a run with one plain line, `N passed, N failed`, on every terminal. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(testModules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of testModules) {
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
      if (module.state() === "failed" && module.errors().length > 0) counts.failed += 1;
    }
    const skipped = counts.skipped + counts.pending;
    // The report on coverage comes after this, and the line is to be the last. What fails after the tests counts too:
    // coverage below its floor, or files left in the temporary folder.
    process.once("exit", (code) => {
      const failed = Math.max(counts.failed + unhandledErrors.length, code === 0 ? 0 : 1);
      const rest = skipped > 0 ? `, ${skipped} skipped` : "";
      process.stdout.write(`${counts.passed} passed, ${failed} failed${rest}\n`);
    });
  }
}
