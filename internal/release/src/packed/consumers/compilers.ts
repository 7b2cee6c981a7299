import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "../run.ts";

const require = createRequire(import.meta.url);

export type CompilerName = "lowest" | "lowestWithLibCheck" | "six" | "newest";

interface Compiler {
  /** Of its package here. */
  readonly package: string;
  readonly args?: readonly string[];
}

/** By what is said about them in docs/typescript.md. */
const COMPILERS: Readonly<Record<CompilerName, Compiler>> = {
  lowest: { package: "typescript-lowest", args: ["--skipLibCheck"] },
  /** The lowest that also takes our declarations as they are, without `skipLibCheck`. */
  lowestWithLibCheck: { package: "typescript-lowest-lib-check" },
  /** The last one that has `moduleResolution: node10`. */
  six: { package: "typescript" },
  newest: { package: "typescript-newest" },
};

export const ALL_COMPILERS: readonly CompilerName[] = ["lowest", "lowestWithLibCheck", "six", "newest"];

/** The declarations of other people's packages: some do not go with each other, by themselves. */
const FOREIGN = /^node_modules\/(?!@mintfax-webhooks\/)/;

/** For the table. */
export function versionsOf(names: readonly CompilerName[] = ALL_COMPILERS): string {
  const versions = names.map((name) => require(`${COMPILERS[name].package}/package.json`).version);
  return `TypeScript ${versions.join(", ")}`;
}

/** Compiles a project with each of the compilers, our declarations included. Rejects with what they say. */
export async function compile(
  folder: string,
  args: readonly string[] = [],
  names: readonly CompilerName[] = ALL_COMPILERS,
): Promise<void> {
  for (const name of names) {
    const { package: compiler, args: own = [] } = COMPILERS[name];
    const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin/tsc");
    const all = [tsc, "--pretty", "false", ...own, ...args];
    const said = await run(process.execPath, all, { cwd: folder }).catch(String);
    const faults = said.split("\n").filter((line) => line.includes("error TS") && !FOREIGN.test(line));
    if (faults.length > 0)
      throw new Error([`${versionsOf([name])} says of ${folder}:`, ...faults].join("\n"));
  }
}
