import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { codeBlocks } from "test-support/code-blocks";
import { ROOT } from "test-support/root";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type BlockFolder, blockFolder, furnish } from "./support/folder.ts";
import { RunningBlock, SECRET } from "./support/running-block.ts";

const PAGE = "docs/doctor.md";

let folder: BlockFolder;
beforeAll(() => {
  folder = blockFolder();
  furnish(folder);
});
afterAll(() => folder[Symbol.dispose]());

/** Wherever the sources make a finding. */
const CODE = /\bcode: "(\w+)"|\b(?:finding|tableFinding)\(\s*"(\w+)"|"(receiver_\w+)"/g;

test("the page has every code of a finding, and no other", () => {
  const sources = globSync("packages/*/src/**/*.ts", { cwd: ROOT })
    // Without the examples of docstrings.
    .map((file) => readFileSync(join(ROOT, file), "utf8").replace(/^ *\*.*$/gm, ""))
    .filter((source) => /\bCheckFinding\b/.test(source));
  expect(sources.length).toBeGreaterThan(10);
  const made = sources.flatMap((source) => [...source.matchAll(CODE)].map(([, a, b, c]) => a ?? b ?? c));
  const page = readFileSync(join(ROOT, PAGE), "utf8");
  const listed = [...page.matchAll(/^\| `(\w+)` /gm)].map(([, code]) => code);
  expect(listed.toSorted()).toEqual([...new Set(made)].toSorted());
});

test.each(["express", "hono"])(
  "the readiness probe on %s is ready, and answers with the codes that are red",
  async (framework) => {
    const probes = codeBlocks("ts").filter(
      ({ page, source }) => page === PAGE && source.includes(`webhooks/${framework}"`),
    );
    expect(probes).toHaveLength(1);
    const running = await RunningBlock.start(folder, probes[0] as (typeof probes)[0]);
    onTestFinished(() => running.kill());
    const { attempts } = await createTestSender({ secret: SECRET, to: running.url() }).deliver(
      eventFixture("fax.delivered"),
    );
    expect(attempts).toMatchObject([{ status: 200 }]);
    const probe = await fetch(running.url("/ready"));
    // The secret of the tests is published, which is a warning.
    expect({ status: probe.status, red: await probe.json() }).toEqual({ status: 200, red: ["secret"] });
  },
);
