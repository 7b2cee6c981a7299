import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { BETTER_SQLITE3_12 } from "test-support/better-sqlite3-12";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);

let folder: string;
let program: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mintfax-sqlite-"));
  program = join(folder, "suite.mjs");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("support/suite-process.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["source"],
    external: ["node:*", "bun:*"],
  });
  writeFileSync(program, outputFiles[0]?.text ?? "");
  // As an application has it installed.
  mkdirSync(join(folder, "node_modules"));
  if (BETTER_SQLITE3_12 !== undefined) {
    symlinkSync(dirname(dirname(BETTER_SQLITE3_12)), join(folder, "node_modules/better-sqlite3"));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A `node` in which version 12 loads: it is compiled for the one that installs this workspace. */
const NODE = [
  process.execPath,
  ...(process.env.PATH ?? "").split(delimiter).map((path) => join(path, "node")),
].find((node) => {
  try {
    const script = "new (require(process.argv[1]))(':memory:')";
    execFileSync(node, ["-e", script, BETTER_SQLITE3_12 ?? ""], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
const BUN = fileURLToPath(import.meta.resolve("bun/bin/bun.exe"));

describe("the store suite", () => {
  test.each<[string, string | undefined, string]>([
    ["better-sqlite3 12.0.0, in the Node that it was compiled for", NODE, BETTER_SQLITE3_12 ?? ""],
    ["bun:sqlite, in Bun", BUN, "bun:sqlite"],
  ])("%s", async (_, runtime, driver) => {
    if (runtime === undefined && process.env.CI !== "true") return;
    // Where pnpm runs scripts, it names the workspace's own packages here.
    const env = { ...process.env, NODE_PATH: "" };
    const { stdout } = await run(runtime as string, [program, driver, folder], { env });
    expect(JSON.parse(stdout)).toEqual({
      cases: expect.any(Number),
      skipped: [],
      failures: [],
      byName: "claimed",
    });
  });
});
