import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { testExample } from "conformance/example-contract";

const EXAMPLE = join(import.meta.dirname, "..");
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

// As `pnpm start` does first. Nest's decorators need a compiler; Node alone strips types and leaves decorators.
execFileSync(process.execPath, [TSC, "-p", "tsconfig.build.json"], { cwd: EXAMPLE, stdio: "inherit" });

testExample("nestjs");
