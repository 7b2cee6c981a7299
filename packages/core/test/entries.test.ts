import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");
const PAGES = ["README.md", "CONTRIBUTING.md", "docs/*.md", "packages/*/README.md"];

const pages = globSync(PAGES, { cwd: ROOT })
  .map((page) => readFileSync(join(ROOT, page), "utf8"))
  .join("\n");

function exportsOf(entry: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../src", entry), "utf8");
  return [...source.matchAll(/export (?:type )?\{(?<names>[^}]+)\}/g)].flatMap(({ groups }) =>
    (groups?.names ?? "")
      .split(",")
      .map((name) => name.replace("type ", "").trim())
      .filter((name) => name !== ""),
  );
}

test.each(["index.ts", "adapter.ts", "store.ts", "worker.ts"])(
  "a page names a user of everything that %s exports",
  (entry) => {
    const names = exportsOf(entry);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
  },
);
