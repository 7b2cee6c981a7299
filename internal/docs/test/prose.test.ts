import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { PAGES } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

const LONGEST_CELL = 80;

/** Cells of tables as they are written, outside of code blocks. */
function cellsOf(page: string): string[] {
  const lines = read(page)
    .replace(/^ *(`{3,}).*?^ *\1$/gms, "")
    .split("\n")
    .map((line) => line.trim());
  return lines
    .filter((line) => /^\|.*\|$/.test(line) && !/^[|\s:-]+$/.test(line))
    .flatMap((line) => line.slice(1, -1).split(/(?<!\\)\|/))
    .map((cell) => cell.trim());
}

test.each(PAGES)("no table cell of %s is longer than 80 characters", (page) => {
  expect(cellsOf(page).filter((cell) => cell.length > LONGEST_CELL)).toEqual([]);
});

test("every guide starts with what to install", () => {
  const [guides = ""] = read("docs/README.md").split("To judge the project");
  const pages = [...guides.matchAll(/\]\((?<page>[\w-]+\.md)\)/g)].map(
    ({ groups }) => `docs/${groups?.page}`,
  );
  expect(pages.length).toBeGreaterThan(10);
  const starts = (page: string): string => read(page).split("\n", 12).join("\n");
  expect(pages.filter((page) => !/^npm install /m.test(starts(page)))).toEqual([]);
});

const UNNAMED_ACTORS = /whoever|whatever|somebody|nobody|anybody/i;

test("packages and pages name the actor: fewer than 10 lines have whoever, whatever, somebody, nobody or anybody", () => {
  const files = globSync("{packages/**,docs/**,README.md}", {
    cwd: ROOT,
    withFileTypes: true,
    exclude: ({ name }) => name === "node_modules" || name === "dist",
  }).filter((entry) => entry.isFile());
  const lines = files.flatMap(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line) => (UNNAMED_ACTORS.test(line) ? [`${relative(ROOT, file)}: ${line.trim()}`] : []));
  });
  expect(files.length).toBeGreaterThan(400);
  expect(lines.slice(9), lines.join("\n")).toEqual([]);
});
