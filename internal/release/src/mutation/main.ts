/**
 * Mutation testing of core: one small bug after another, and the tests have to notice each. docs/internals/resilience.md
 * says how to read the figures.
 *
 *   node src/main.ts [file or folder of packages/core/src]...
 */
import { globSync } from "node:fs";
import { relative, resolve } from "node:path";
import { ROOT } from "test-support/root";
import { type Mutant, mutate } from "./mutate.ts";
import { printReport } from "./report.ts";

const LOWEST_SCORE = 90;

// Stryker takes the directory it is started in for the project, and nothing else.
process.chdir(ROOT);

const started = process.env.INIT_CWD ?? ROOT;
const asked = process.argv.slice(2).map((path) => relative(ROOT, resolve(started, path)));
const paths = asked.length === 0 ? ["packages/core/src"] : asked;
const files = paths.flatMap((path) => (path.endsWith(".ts") ? path : globSync(`${path}/**/*.ts`)));

/** Adapters are made of these three folders; to the rest, their suite adds nothing but time. */
const isOfAdapters = (file: string): boolean => /^packages\/core\/src\/(adapter|fetch|node)\b/.test(file);

const mutants: Mutant[] = [];
for (const withAdapters of [true, false]) {
  const part = files.filter((file) => isOfAdapters(file) === withAdapters);
  if (part.length > 0) mutants.push(...(await mutate(part, withAdapters)));
}
process.exitCode = printReport(mutants) >= LOWEST_SCORE ? 0 : 1;
