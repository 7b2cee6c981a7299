import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkImports } from "../src/check.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** As many packages as the rules tell apart. */
const PACKAGES = ["core", "express", "koa", "redis", "testing", "opentelemetry"];

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** What the check says of a tree that holds the entries of our packages, and these files. */
async function check(files: Readonly<Record<string, string>>): Promise<{ output: string; faults: number }> {
  const root = mkdtempSync(join(tmpdir(), "imports-"));
  folders.push(root);
  const names = join(root, "node_modules/@mintfax-webhooks");
  mkdirSync(names, { recursive: true });
  for (const name of PACKAGES) {
    const manifest = join("packages", name, "package.json");
    cpSync(join(ROOT, manifest), join(root, manifest));
    symlinkSync(join(root, "packages", name), join(names, name));
    for (const source of sourcesIn(readFileSync(join(ROOT, manifest), "utf8"))) {
      write(join(root, "packages", name, source), "export {};\n");
    }
  }
  write(join(root, "examples/koa/package.json"), "{}");
  write(join(root, "internal/bench/package.json"), "{}");
  for (const [path, text] of Object.entries(files)) write(join(root, path), text);
  return checkImports(root);
}

function sourcesIn(manifest: string): string[] {
  return [...manifest.matchAll(/"(?<source>\.\/src\/[^"]+\.ts)"/g)].map(({ groups }) => groups?.source ?? "");
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

test.each([
  [
    "no-circle-of-files",
    {
      "packages/koa/src/a.ts": 'import type { B } from "./b.ts";',
      "packages/koa/src/b.ts": 'import type { A } from "./a.ts";',
    },
  ],
  [
    "no-circle-of-folders",
    {
      "packages/koa/src/a/one.ts": 'import type { X } from "../b/one.ts";',
      "packages/koa/src/b/two.ts": 'import { x } from "../a/two.ts";',
      "packages/koa/src/a/two.ts": "export const x = 1;",
      "packages/koa/src/b/one.ts": "export type X = 1;",
    },
  ],
  [
    "no-relative-import-leaves-its-package",
    {
      "packages/koa/test/a.ts": 'import { x } from "../../core/test/b.ts";',
      "packages/core/test/b.ts": "export const x = 1;",
    },
  ],
  [
    "no-relative-import-leaves-its-package",
    {
      "examples/koa/src/a.ts": 'import {\n  x,\n} from "../../../packages/koa/src/b.ts";',
      "packages/koa/src/b.ts": "export const x = 1;",
    },
  ],
  [
    "no-import-past-exports",
    { "packages/koa/src/a.ts": 'import { x } from "@mintfax-webhooks/core/src/x.ts";' },
  ],
  [
    "no-import-past-exports",
    { "packages/koa/src/a.ts": 'const x = await import("@mintfax-webhooks/core/nowhere");' },
  ],
  ["no-import-of-itself-by-name", { "packages/koa/src/a.ts": 'export * from "@mintfax-webhooks/koa";' }],
  ["core-runs-everywhere", { "packages/core/src/errors.ts": 'import { createHash } from "node:crypto";' }],
  [
    "core-imports-only-what-it-may",
    { "packages/core/src/errors.ts": 'import { x } from "@mintfax-webhooks/express";' },
  ],
  [
    "express-imports-only-what-it-may",
    { "packages/express/src/a.ts": 'import { x } from "@mintfax-webhooks/koa";' },
  ],
  [
    "express-imports-only-what-it-may",
    { "packages/express/src/a.ts": 'export * from "@mintfax-webhooks/testing";' },
  ],
  [
    "express-imports-only-what-it-may",
    {
      "packages/express/src/a.ts": 'import "../../../internal/bench/a.ts";',
      "internal/bench/a.ts": "export {};",
    },
  ],
  [
    "opentelemetry-imports-only-what-it-may",
    { "packages/opentelemetry/src/a.ts": 'import type { X } from "@mintfax-webhooks/express";' },
  ],
  [
    "stores-import-values-from-core-store",
    { "packages/redis/src/a.ts": 'import { x } from "@mintfax-webhooks/core";' },
  ],
  [
    "core-layer-2",
    {
      "packages/core/src/events/a.ts": 'import type { X } from "../dedup/b.ts";',
      "packages/core/src/dedup/b.ts": "export type X = 1;",
    },
  ],
  [
    "core-file-without-a-layer",
    { "packages/core/src/new.ts": "export {};", "packages/core/src/index.ts": 'import "./new.ts";' },
  ],
])("%s is refused: %o", async (rule, files) => {
  const { output, faults } = await check(files);
  expect(output).toContain(`error ${rule}:`);
  expect(faults).toBeGreaterThan(0);
});

test.each([
  { "packages/express/src/a.ts": 'import { x } from "@mintfax-webhooks/core/node";' },
  { "packages/redis/src/a.ts": 'import type { LeaseStore } from "@mintfax-webhooks/core";' },
  { "packages/redis/src/a.ts": 'import { x } from "@mintfax-webhooks/core/store";' },
  { "packages/core/src/node/a.ts": 'import type { IncomingMessage } from "node:http";' },
  { "packages/core/test/a.ts": 'import { x } from "@mintfax-webhooks/testing";' },
  { "examples/koa/src/a.ts": 'import { x } from "@mintfax-webhooks/koa";' },
])("%o is allowed", async (files) => {
  expect(await check(files)).toMatchObject({ faults: 0 });
});
