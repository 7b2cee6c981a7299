/**
 * Mutation testing of core: one small bug after another, and the tests have to notice each. README.md says how to read
 * the figures.
 *
 *   node src/main.ts [file or folder of packages/core/src]...
 */
import { join, relative, resolve } from "node:path";
import { mutate } from "./mutate.ts";
import { printReport } from "./report.ts";

const LOWEST_SCORE = 90;

const root = join(import.meta.dirname, "../..");
// Stryker takes the directory it is started in for the project, and nothing else.
process.chdir(root);

const started = process.env.INIT_CWD ?? root;
const asked = process.argv.slice(2).map((path) => relative(root, resolve(started, path)));
const paths = asked.length === 0 ? ["packages/core/src"] : asked;
const mutants = await mutate(paths.map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.ts`)));
process.exitCode = printReport(mutants) >= LOWEST_SCORE ? 0 : 1;
