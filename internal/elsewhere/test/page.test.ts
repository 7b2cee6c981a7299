import { execFile } from "node:child_process";
import { copyFile as copy, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, onTestFinished, test } from "vitest";
import { copyFile, filesOf, ORDERS_SERVICE } from "../src/page.ts";

const PACKAGE = join(import.meta.dirname, "..");
/** Nuxt has h3 1, which is installed here beside h3 2. */
const H3_1 = "server/routes/webhooks/mintfax.post.ts";
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
/** Nest's decorators are those that TypeScript had before the standard. */
const FOR_NEST = { experimentalDecorators: true, emitDecoratorMetadata: true, erasableSyntaxOnly: false };

test.each([
  ["docs/elsewhere.md", {}],
  ["docs/nestjs.md", FOR_NEST],
])("every block in TypeScript on %s names its file, and compiles", async (page, options) => {
  const files = filesOf(page);
  expect(files.size).toBe([...(await readFile(join(ROOT, page), "utf8")).matchAll(/^```ts/gm)].length);
  expect(files.size).toBeGreaterThan(4);
  const folder = await mkdtemp(join(PACKAGE, ".reader-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const file of files.keys()) {
    const path = await copyFile(file, folder);
    if (file === H3_1) await writeFile(path, (await readFile(path, "utf8")).replace('"h3"', '"h3-1"'));
  }
  if (files.has("src/main.ts")) await copy(ORDERS_SERVICE, join(folder, "src/orders.service.ts"));
  await copy(join(ROOT, "internal/docs/test/ambient.d.ts"), join(folder, "ambient.d.ts"));
  const compilerOptions = {
    isolatedDeclarations: false,
    declaration: false,
    module: "esnext",
    moduleResolution: "bundler",
    ...options,
  };
  const settings = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["**/*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [TSC, "-p", folder], (_, stdout, stderr) => resolve(stdout + stderr)),
  );
  expect(output).toBe("");
});
