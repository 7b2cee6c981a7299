/**
 * Mutation testing of core: one small bug after another, and the tests have to notice each. docs/internals/resilience.md
 * says how to read the figures.
 *
 *   node src/main.ts [file or folder of packages/core/src]...
 */
import { relative, resolve } from "node:path";
import { ROOT } from "test-support/root";
import { mutate } from "./mutate.ts";
import { printReport } from "./report.ts";

const LOWEST_SCORE = 90;

// Stryker takes the directory it is started in for the project, and nothing else.
process.chdir(ROOT);

const started = process.env.INIT_CWD ?? ROOT;
const asked = process.argv.slice(2).map((path) => relative(ROOT, resolve(started, path)));
const paths = asked.length === 0 ? ["packages/core/src"] : asked;
// Adapters are made of these three; to the rest, their suite adds nothing but time.
process.env.WITH_ADAPTERS = String(
  paths.some((path) => /^packages\/core\/src($|\/(adapter|fetch|node)\b)/.test(path)),
);
const mutants = await mutate(paths.map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.ts`)));
process.exitCode = printReport(mutants) >= LOWEST_SCORE ? 0 : 1;
