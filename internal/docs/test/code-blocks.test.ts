import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { postgresSchema } from "@mintfax-webhooks/postgres";
import { codeBlocks } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";
import { blockFolder, furnish } from "./support/folder.ts";

const TSC = join(
  dirname(createRequire(join(ROOT, "package.json")).resolve("typescript/package.json")),
  "bin/tsc",
);

test("every block says what it is in, so that none evades these tests under another name", () => {
  const pages = new Map(codeBlocks().map(({ language, page }) => [language, page]));
  // JavaScript is on the newcomer's page alone, which `pnpm packed` follows to the letter.
  expect([...pages.keys()].sort()).toEqual(["console", "js", "jsonc", "mermaid", "sh", "sql", "text", "ts"]);
  expect(new Set(codeBlocks("js").map(({ page }) => page))).toEqual(new Set(["docs/first-event.md"]));
});

test("every TypeScript block of README and guides compiles", async () => {
  using folder = blockFolder();
  furnish(folder);
  const blocks = codeBlocks("ts");
  expect(blocks.length).toBeGreaterThan(40);
  for (const { name, source } of blocks) writeFileSync(join(folder.path, name), source);
  const compilerOptions = { isolatedDeclarations: false, declaration: false, moduleDetection: "force" };
  writeFileSync(
    join(folder.path, "tsconfig.json"),
    JSON.stringify({ extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] }),
  );
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, [TSC, "-p", folder.path], (_, stdout, stderr) => resolve(stdout + stderr)),
  );
  expect(output).toBe("");
});

test("SQL on a page is the schema of the package", () => {
  const [block, ...others] = codeBlocks("sql");
  expect(others).toEqual([]);
  expect(postgresSchema()).toContain(block?.source);
});

const WITH_QUEUE = "docs/longer-work.md";

test("settings of a Worker with a queue on a page are those of the example", () => {
  const [block] = codeBlocks("jsonc").filter(({ page }) => page === WITH_QUEUE);
  const example = parse(readFileSync(join(ROOT, "examples/queue-cloudflare/wrangler.jsonc"), "utf8"));
  expect(example).toMatchObject(parse(`{\n${block?.source}}`));
});

test("settings of a Worker on a page are those of the example", () => {
  const [page, ...others] = codeBlocks("jsonc").filter((block) => block.page !== WITH_QUEUE);
  expect([page?.page, others.map((other) => other.page)]).toEqual([
    "docs/hono.md",
    ["packages/cloudflare/README.md"],
  ]);
  const example = parse(readFileSync(join(ROOT, "examples/hono-cloudflare/wrangler.jsonc"), "utf8"));
  for (const { source } of others) expect(example).toMatchObject(parse(`{\n${source}}`));
  // Only where the Worker is, and what it is called, is the reader's.
  const { name, main, ...settings } = parse(page?.source ?? "");
  expect([name, main]).toEqual(["mintfax-webhooks", "worker.ts"]);
  expect(example).toMatchObject(settings);
});

const parse = (jsonc: string): Readonly<Record<string, unknown>> =>
  JSON.parse(jsonc.replaceAll(/^ *\/\/.*$/gm, "")) as Readonly<Record<string, unknown>>;
