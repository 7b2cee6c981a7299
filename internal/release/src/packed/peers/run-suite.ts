import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { run } from "../run.ts";
import type { Suite } from "./suites.ts";

const SCOPE = "@mintfax-webhooks";
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

/** Runs a suite on what is installed in a project. Resolves with the number of tests; rejects where any fails. */
export async function runSuite(folder: string, peer: string, suite: Suite): Promise<number> {
  // A suite imports other adapters too, which are not installed here and not run.
  const scope = (await readdir(join(folder, "node_modules", SCOPE))).map((name) => `${SCOPE}/${name}`);
  const aliases = suite.alias === undefined ? {} : { [suite.alias]: peer };
  const { family = [] } = suite;
  const names = { ...Object.fromEntries([...scope, ...family].map((name) => [name, name])), ...aliases };
  const args = ["run", "--config", join(import.meta.dirname, "vitest.config.ts")];
  const output = await run(process.execPath, [VITEST, ...args, suite.file, "-t", suite.pattern], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", PACKED_PROJECT: folder, PACKED_NAMES: JSON.stringify(names) },
  });
  const passed = Number(/^(\d+) passed, 0 failed/m.exec(output)?.[1] ?? 0);
  if (passed === 0) throw new Error(`no test of ${suite.file} is called ${suite.pattern}\n${output}`);
  await expectInstalled(folder, [
    ...Object.keys(aliases),
    ...family,
    ...scope.filter((name) => name !== `${SCOPE}/core`),
  ]);
  return passed;
}

/** That the tests had these from the project, and not from the tree. */
async function expectInstalled(folder: string, names: readonly string[]): Promise<void> {
  const lines = (await readFile(join(folder, "resolved"), "utf8")).trim().split("\n");
  const astray = lines.filter((line) => !line.includes(` ${folder}/node_modules/`));
  if (astray.length > 0) throw new Error(`not from the project: ${astray.join(", ")}`);
  for (const name of names) {
    if (!lines.some((line) => line.startsWith(`${name} `)))
      throw new Error(`the tests did not import ${name}`);
  }
}
