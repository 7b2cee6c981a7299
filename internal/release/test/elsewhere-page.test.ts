import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "test-support/root";
import { expect, test } from "vitest";
import { FRAMEWORKS } from "../src/packed/frameworks/list.ts";
import { withCommands } from "../src/packed/frameworks/page.ts";

const PAGE = join(ROOT, "docs/elsewhere.md");
const page = readFileSync(PAGE, "utf8");

test("docs/elsewhere.md says what `pnpm packed` runs (`pnpm test internal/release -u` writes it)", async () => {
  await expect(withCommands(page)).toMatchFileSnapshot(PAGE);
});

test("every file of docs/elsewhere.md that Node builds says so", () => {
  const sections = page.split(/^(?=## )/m);
  const built = FRAMEWORKS.filter(({ runtime, project }) => runtime !== "Bun" && project !== "nest");
  const silent = built
    .flatMap(({ files }) => Object.values(files))
    .filter((file) => {
      const section = sections.find((text) => text.includes(`ts ${file}\n`));
      return section === undefined || !section.includes("\nRun by `pnpm packed`:");
    });
  expect(silent).toEqual([]);
});
