import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";
import { taggedTests } from "./threats.ts";

const PAGE = join(ROOT, "docs/internals/threat-model.md");
const page = readFileSync(PAGE, "utf8");
const threats = [...page.matchAll(/^## (?<id>T\d\d) /gm)].map(({ groups }) => groups?.id ?? "");
const tests = taggedTests();

/** A list of the tests of one threat, by file. */
function listOf(threat: string): string {
  const covering = tests.filter((tagged) => tagged.threats.includes(threat));
  return [...new Set(covering.map(({ file }) => file))]
    .map((file) => {
      const link = `[${file}](${relative(dirname(PAGE), join(ROOT, file))})`;
      const titles = covering.filter((tagged) => tagged.file === file).map(({ title }) => `  - ${title}`);
      return [`- ${link}`, ...titles].join("\n");
    })
    .join("\n");
}

test("the threats are numbered in order", () => {
  expect(threats).toEqual(threats.map((_, index) => `T${String(index + 1).padStart(2, "0")}`));
});

test.each(threats)("threat %s has a test", (threat) => {
  expect(tests.filter((tagged) => tagged.threats.includes(threat))).not.toEqual([]);
});

test("every tag names a threat of the page", () => {
  expect(tests.filter((tagged) => tagged.threats.some((threat) => !threats.includes(threat)))).toEqual([]);
});

test("the page lists the tests that are tagged (`pnpm test internal/docs -u` writes the lists)", async () => {
  const written = page.replace(
    /<!-- tests: (?<threat>T\d\d) -->\n.*?<!-- \/tests -->/gs,
    (_, threat: string) => `<!-- tests: ${threat} -->\n\n${listOf(threat)}\n\n<!-- /tests -->`,
  );
  await expect(written).toMatchFileSnapshot(PAGE);
});
