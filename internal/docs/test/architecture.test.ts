import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

const PAGE = "docs/internals/architecture.md";
const page = readFileSync(join(ROOT, PAGE), "utf8");

const [, section = ""] = page.split("## Where is it?");
const behaviours = [
  ...section.matchAll(/^\| (?<behaviour>.+?) +\| `(?<file>.+?)` +\| `(?<symbol>\w+)` +\|$/gm),
].map(({ groups }) => ({
  behaviour: groups?.behaviour ?? "",
  file: groups?.file ?? "",
  symbol: groups?.symbol ?? "",
}));

test("the architecture page says where 20 behaviours are implemented", () => {
  expect(behaviours.length).toBeGreaterThanOrEqual(20);
});

test.each(behaviours)("$behaviour: $file defines $symbol", ({ file, symbol }) => {
  const source = existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), "utf8") : "";
  expect(source).toMatch(
    new RegExp(
      `^ *(?:export )?(?:async )?(?:function|const|(?:abstract )?class|interface|type) ${symbol}\\b`,
      "m",
    ),
  );
});

/** What the first column of the table under a heading names. */
function foldersUnder(heading: string): string[] {
  const [, below = ""] = page.split(`## ${heading}\n`);
  const [rows = ""] = below.split("\n## ");
  return [...rows.matchAll(/^\| (?<names>`.*?`) +\|/gm)].flatMap(({ groups }) =>
    [...(groups?.names ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

const folders = (path: string): string[] =>
  readdirSync(join(ROOT, path)).filter((name) => !/modules$/.test(name));

test("the table of core's modules names every file and folder of its sources", () => {
  const named = foldersUnder("Modules of core");
  const missing = named.filter((name) => !existsSync(join(ROOT, "packages/core/src", name)));
  expect(missing).toEqual([]);
  expect([...new Set(named.map((name) => name.split("/")[0]))].sort()).toEqual(folders("packages/core/src"));
});

test("the table of the repository names every folder of internal", () => {
  const named = foldersUnder("The repository");
  expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  expect(named.filter((name) => name.startsWith("internal/"))).toEqual(
    folders("internal").map((name) => `internal/${name}`),
  );
});
