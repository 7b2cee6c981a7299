import { existsSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import { rulesFor } from "./rules.ts";

const ROOTS = ["packages", "internal", "examples", "docs"];

/**
 * Holds the imports of a repository to the rules.
 *
 * @returns what there is to say, and the number of forbidden imports
 */
export async function checkImports(root: string): Promise<{ output: string; faults: number }> {
  const { output, exitCode } = await cruise(
    ROOTS.filter((folder) => existsSync(join(root, folder))),
    {
      baseDir: root,
      ruleSet: { forbidden: rulesFor(root) },
      validate: true,
      outputType: "err-long",
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      // Projects stand for a user's: they get our packages as they are published.
      exclude: { path: "(^|/)(node_modules|dist|generated)/|^internal/release/projects/" },
    },
    {
      exportsFields: ["exports"],
      conditionNames: ["source", "node", "import", "types", "default"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts"],
    },
  );
  return { output: String(output), faults: exitCode };
}
