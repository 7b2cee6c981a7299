import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EQUIVALENT } from "../src/mutation/equivalent.ts";

const ROOT = join(import.meta.dirname, "../../..");

test.each(EQUIVALENT)("$file still has the line whose mutants are ignored: $line", ({ file, line }) => {
  const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
  expect(lines.map((each) => each.trim())).toContain(line);
});
