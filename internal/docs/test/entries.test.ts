import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

const PAGES = ["README.md", "CONTRIBUTING.md", "docs/*.md", "packages/*/README.md"];

const pages = globSync(PAGES, { cwd: ROOT })
  .map((page) => readFileSync(join(ROOT, page), "utf8"))
  .join("\n");

/** The source of each entry of a package, but for core/node, which is for the authors of adapters too. */
function entriesOf(name: string): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly source: string }>>;
  };
  return Object.values(exports)
    .filter((target) => typeof target !== "string")
    .map(({ source }) => join("packages", name, source))
    .filter((source) => source !== "packages/core/src/node/index.ts");
}

function exportsOf(entry: string): string[] {
  const source = readFileSync(join(ROOT, entry), "utf8");
  return [...source.matchAll(/^export (?:type )?\{(?<names>[^}]+)\}/gm)].flatMap(({ groups }) =>
    (groups?.names ?? "")
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter((name) => name !== ""),
  );
}

const entries = ["core", "queue"].flatMap(entriesOf);

test("core has four entries that are looked at here, and queue at least one", () => {
  expect(entries).toEqual(
    expect.arrayContaining([
      ...["index", "adapter", "store", "worker"].map((name) => `packages/core/src/${name}.ts`),
      "packages/queue/src/index.ts",
    ]),
  );
});

test.each(entries)("a page names a user of everything that %s exports", (entry) => {
  const names = exportsOf(entry);
  expect(names).not.toEqual([]);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
});
