import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

/** One small bug, and what became of it. */
export type Mutant = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

/**
 * @param files which files to mutate, from the root of the repository
 * @param withAdapters whether the adapter suite runs on their mutants, too
 */
export function mutate(files: string[], withAdapters: boolean): Promise<readonly Mutant[]> {
  // For vitest.config.ts, in processes that Stryker starts.
  process.env.WITH_ADAPTERS = String(withAdapters);
  const report = `internal/release/mutation/${withAdapters ? "adapters" : "engine"}`;
  return new Stryker({
    mutate: files,
    testRunner: "vitest",
    vitest: { configFile: "internal/release/src/mutation/vitest.config.ts", related: false },
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner"))],
    coverageAnalysis: "perTest",
    ignorePatterns: [
      "/*",
      "!/packages",
      "/packages/*",
      "!/packages/{core,testing}",
      "!/internal",
      "/internal/*",
      "!/internal/{conformance,release,test-support}",
      "/internal/release/*",
      "!/internal/release/src",
      "!/package.json",
    ],
    tempDirName: "internal/release/mutation/.sandbox",
    // A busy machine must not pass for a mutant that never ends: those are found by counting.
    timeoutMS: 30_000,
    reporters: ["progress-append-only", "html", "json"],
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
  }).runMutationTest();
}
