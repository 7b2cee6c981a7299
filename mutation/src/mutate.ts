import { globSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type MutantResult, Stryker } from "@stryker-mutator/core";

/** Core has two halves of the same interface. Each is tested where its own is chosen. */
const HALVES = [
  { name: "node", has: (file: string) => !file.endsWith(".web.ts") },
  { name: "web", has: (file: string) => file.endsWith(".web.ts") },
];

/** @param paths files and folders, from the root of the repository */
export async function mutate(paths: readonly string[]): Promise<readonly MutantResult[]> {
  const files = paths.flatMap((path) => (statSync(path).isFile() ? [path] : globSync(`${path}/**/*.ts`)));
  const results: MutantResult[] = [];
  for (const { name, has } of HALVES) {
    const mine = files.filter(has);
    if (mine.length > 0) results.push(...(await mutateHalf(name, mine)));
  }
  return results;
}

function mutateHalf(name: string, files: string[]): Promise<MutantResult[]> {
  return new Stryker({
    mutate: files,
    testRunner: "vitest",
    vitest: { configFile: `mutation/vitest.${name}.ts`, related: false },
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner"))],
    coverageAnalysis: "perTest",
    ignorePatterns: [
      "/*",
      "!/packages",
      "/packages/*",
      "!/packages/{core,testing}",
      "!/mutation",
      "!/package.json",
    ],
    tempDirName: "mutation/.sandbox",
    // A busy machine must not pass for a mutant that never ends: those are found by counting.
    timeoutMS: 30_000,
    reporters: ["progress-append-only", "html", "json"],
    htmlReporter: { fileName: `mutation/reports/${name}.html` },
    jsonReporter: { fileName: `mutation/reports/${name}.json` },
  }).runMutationTest();
}
