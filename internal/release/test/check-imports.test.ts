import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";

const SCRIPT = join(import.meta.dirname, "../src/check-imports.ts");
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The script's exit code and words on a tree that holds this one file. */
function check(path: string, source: string): Promise<{ code: number; output: string }> {
  const root = mkdtempSync(join(tmpdir(), "imports-"));
  folders.push(root);
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), source);
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, root], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

test.each([
  [
    "packages/core/src/a.ts",
    'import { x } from "@mintfax-webhooks/express";',
    "core must not import express",
  ],
  ["packages/core/src/a.ts", 'import { createHash } from "node:crypto";', "core is for every runtime"],
  ["packages/express/src/a.ts", 'import { x } from "@mintfax-webhooks/koa";', "express must not import koa"],
  [
    "packages/express/src/a.ts",
    'export * from "@mintfax-webhooks/testing";',
    "express must not import testing",
  ],
  ["packages/redis/src/a.ts", 'import { x } from "@mintfax-webhooks/core";', "core/store only"],
  [
    "packages/opentelemetry/src/a.ts",
    'import type { x } from "@mintfax-webhooks/express";',
    "opentelemetry must not import express",
  ],
  [
    "packages/core/src/a.ts",
    'import type { x } from "@mintfax-webhooks/opentelemetry";',
    "core must not import opentelemetry",
  ],
  ["packages/koa/src/a.ts", 'import { x } from "../../core/src/index.ts";', "reaches into another package"],
  [
    "packages/koa/src/a.ts",
    'const x = await import("@mintfax-webhooks/core/src/x.ts");',
    "reaches into another",
  ],
  [
    "examples/koa/src/a.ts",
    'import {\n  x,\n} from "../../../packages/koa/src/index.ts";',
    "reaches into another",
  ],
  ["packages/koa/test/a.ts", 'import { x } from "../../core/src/index.ts";', "reaches into another package"],
  [
    "packages/koa/test/a.ts",
    'import { x } from "../../core/test/support/a.ts";',
    "reaches into another package",
  ],
])("%s: %s is refused", async (path, source, why) => {
  const { code, output } = await check(path, source);
  expect(output).toContain(why);
  expect(code).toBe(1);
});

test.each([
  ["packages/express/src/a.ts", 'import { x } from "@mintfax-webhooks/core/node";'],
  ["packages/redis/src/a.ts", 'import type { LeaseStore } from "@mintfax-webhooks/core";'],
  ["packages/redis/src/a.ts", 'import { x } from "@mintfax-webhooks/core/store";'],
  ["packages/opentelemetry/src/a.ts", 'import { x } from "@mintfax-webhooks/core";'],
  ["packages/core/src/node/a.ts", 'import type { IncomingMessage } from "node:http";'],
  ["packages/core/test/a.ts", 'import { x } from "@mintfax-webhooks/testing";'],
  ["examples/koa/src/a.ts", 'import { x } from "@mintfax-webhooks/koa";'],
])("%s: %s is allowed", async (path, source) => {
  expect((await check(path, source)).code).toBe(0);
});

// Threat: T17
test("this tree holds to it", async () => {
  const root = join(import.meta.dirname, "../../..");
  const code = await new Promise((resolve) =>
    execFile(process.execPath, [SCRIPT, root], (error) => resolve(error?.code ?? 0)),
  );
  expect(code).toBe(0);
});
