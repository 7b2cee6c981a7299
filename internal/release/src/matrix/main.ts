/** Prints what holds where, row by row. Exits with 1 if anything does not. */
import { printDifferences } from "./differences.ts";
import { frameworkColumns } from "./frameworks.ts";
import { runtimeColumns } from "./runtimes.ts";
import { printTable } from "./table.ts";
import { workerSize } from "./worker-size.ts";

const sameOnFrameworks = printTable("One behaviour, framework by framework", await frameworkColumns());
printDifferences();
const sameOnRuntimes = printTable("The built packages, runtime by runtime", await runtimeColumns());
console.log("\n  ✓ holds   ✗ does not   – has no meaning there");
console.log(`  The Worker of examples/hono-cloudflare, no node: module in it: ${await workerSize()}.\n`);
// Cases that failed may have left connections open.
process.exit(sameOnFrameworks && sameOnRuntimes ? 0 : 1);
