import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

const TSC = join(
  dirname(createRequire(join(ROOT, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);

// The type tests are files of their own (packages/*/test/types.ts): wrong uses must not compile.
test.each([
  ["everything", "."],
  ["what is decorated for Nest", "packages/nestjs/test"],
  ["the example for Nest", "examples/nestjs"],
])(
  "%s compiles, and what must not compile does not",
  async (_, project) => {
    const output = await new Promise<string>((resolve) =>
      execFile(process.execPath, [TSC, "-p", join(ROOT, project)], (_, stdout, stderr) =>
        resolve(stdout + stderr),
      ),
    );
    expect(output).toBe("");
  },
  60_000,
);
