/** Prints every forbidden import of this repository, and exits with 1 if there is one: `pnpm check:imports`. */
import { join } from "node:path";
import { checkImports } from "./check.ts";

const { output, faults } = await checkImports(join(import.meta.dirname, "../../.."));
console.log(output);
process.exitCode = faults === 0 ? 0 : 1;
