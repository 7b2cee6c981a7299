import { execFile } from "node:child_process";
import { copyFile as copy, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, onTestFinished, test } from "vitest";
import { copyFile, FILES } from "../src/page.ts";

const PACKAGE = join(import.meta.dirname, "..");
/** Nuxt has h3 1, which is installed here beside h3 2. */
const H3_1 = "server/routes/webhooks/mintfax.post.ts";
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

test("every block in TypeScript on docs/elsewhere.md names its file, so that none is left out here", async () => {
  const page = await readFile(join(ROOT, "docs/elsewhere.md"), "utf8");
  expect(FILES.size).toBe([...page.matchAll(/^```ts/gm)].length);
  expect(FILES.size).toBeGreaterThan(10);
});

test("the code of docs/elsewhere.md compiles", async () => {
  const folder = await mkdtemp(join(PACKAGE, ".reader-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const file of FILES.keys()) {
    const path = await copyFile(file, folder);
    if (file === H3_1) await writeFile(path, (await readFile(path, "utf8")).replace('"h3"', '"h3-1"'));
  }
  for (const name of ["nest-express", "nest-fastify"]) {
    await copy(join(PACKAGE, "src/app-module.ts"), join(folder, name, "app.module.ts"));
  }
  await copy(join(ROOT, "internal/docs/test/ambient.d.ts"), join(folder, "ambient.d.ts"));
  const compilerOptions = {
    isolatedDeclarations: false,
    declaration: false,
    module: "esnext",
    moduleResolution: "bundler",
  };
  const settings = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["**/*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [TSC, "-p", folder], (_, stdout, stderr) => resolve(stdout + stderr)),
  );
  expect(output).toBe("");
});
