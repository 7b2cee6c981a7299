import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { byName, type CodeBlock, codeBlocks } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { afterAll, beforeAll, expect, test } from "vitest";

const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const PAGES = ["docs/testing.md", "packages/testing/README.md"];
const blocks = codeBlocks("ts").filter(({ page }) => PAGES.includes(page));
const forVitest = blocks.filter(({ source }) => source.includes('from "vitest"'));
const forNode = blocks.filter(({ source }) => source.includes('from "node:test"'));
let folder: string;

// Inside the tree, so that the blocks find the packages as a reader's file would.
beforeAll(() => {
  folder = mkdtempSync(join(ROOT, "internal/docs/.blocks-"));
  const conditions = JSON.stringify(["source", "node"]);
  writeFileSync(
    join(folder, "vitest.config.mjs"),
    `export default {
      resolve: { conditions: ${conditions} },
      ssr: { resolve: { conditions: ${conditions}, externalConditions: ${conditions} } },
    };`,
  );
  write("vitest", forVitest);
  write("node", forNode);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function write(runner: string, files: readonly CodeBlock[]): void {
  mkdirSync(join(folder, runner));
  for (const { name, source } of files) writeFileSync(fileOf(runner, name), source);
}

const fileOf = (runner: string, name: string): string =>
  join(folder, runner, name.replace(/\.ts$/, ".test.ts"));

const testsIn = (files: readonly CodeBlock[]): number =>
  files.reduce((count, { source }) => count + [...source.matchAll(/^test\(/gm)].length, 0);

test("every block of the guide is a test", () => {
  expect([...forVitest, ...forNode].toSorted(byName)).toEqual(blocks.toSorted(byName));
  expect([testsIn(forVitest), testsIn(forNode)].every((count) => count > 0)).toBe(true);
});

test("its Vitest blocks pass as they stand", async () => {
  const report = join(folder, "report.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile=${report}`];
  const { code, output } = await run([
    VITEST,
    "run",
    "--root",
    folder,
    "--dir",
    join(folder, "vitest"),
    ...reporters,
  ]);
  expect(code, output).toBe(0);
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({
    numPassedTests: testsIn(forVitest),
    numTotalTests: testsIn(forVitest),
  });
});

test("its node:test blocks pass as they stand", async () => {
  const files = forNode.map(({ name }) => fileOf("node", name));
  const { code, output } = await run(["--conditions=source", "--test", "--test-reporter=tap", ...files]);
  expect(code, output).toBe(0);
  expect(output).toContain(`# pass ${testsIn(forNode)}\n`);
});

/** Runs Node as a reader would, with nothing of the Vitest around it in its environment. */
function run(args: readonly string[]): Promise<{ code: number; output: string }> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|TEST)/.test(name),
  );
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env: Object.fromEntries(own) }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}
