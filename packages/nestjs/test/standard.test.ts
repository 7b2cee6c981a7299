import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const FOLDER = join(import.meta.dirname, "standard");
const OUTPUT = join(FOLDER, "dist");

test("the standard's decorators work, as TypeScript compiles them without experimentalDecorators", () => {
  onTestFinished(() => rmSync(OUTPUT, { recursive: true }));
  const settings = ["--ignoreConfig", "--noCheck", "--noResolve", "--target", "es2022", "--module", "esnext"];
  execFileSync(process.execPath, [
    TSC,
    ...settings,
    "--rootDir",
    FOLDER,
    "--outDir",
    OUTPUT,
    join(FOLDER, "program.ts"),
  ]);
  const printed = execFileSync(process.execPath, ["--conditions=source", join(OUTPUT, "program.js")], {
    encoding: "utf8",
  });
  expect(printed.trim().split("\n")).toEqual(["failed", "two: fax.queued", "two: balance.low"]);
});
