import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "../run.ts";

const require = createRequire(import.meta.url);

/**
 * The lowest TypeScript in which a CommonJS file may import an ES module (`module: nodenext`), and the workspace's own. Names
 * are of packages.
 */
const COMPILERS = ["typescript-lowest", "typescript-newest"];

/** For the table. */
export const COMPILER_VERSIONS: string = `TypeScript ${COMPILERS.map((name) => require(`${name}/package.json`).version).join(", ")}`;

/** The declarations of other people's packages: some do not go with each other, whoever uses them. */
const FOREIGN = /^node_modules\/(?!@mintfax-webhooks\/)/;

/** Compiles a project with each of them, our declarations included. Rejects with what they say. */
export async function compile(folder: string, ...args: readonly string[]): Promise<void> {
  for (const name of COMPILERS) {
    const tsc = join(dirname(require.resolve(`${name}/package.json`)), "bin/tsc");
    const said = await run(process.execPath, [tsc, "--pretty", "false", ...args], { cwd: folder }).catch(
      String,
    );
    const faults = said.split("\n").filter((line) => line.includes("error TS") && !FOREIGN.test(line));
    if (faults.length > 0) throw new Error([`${name} says of ${folder}:`, ...faults].join("\n"));
  }
}
