import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import { parseHTML } from "linkedom";
import { codeBlocks } from "test-support/code-blocks";
import { expect, test } from "vitest";

/** The parser that GitHub draws with, for the kinds of drawing that there are here. */
interface Mermaid {
  parse(drawing: string): Promise<{ readonly diagramType: string }>;
}

// A build for browsers: it has to be run as a script, and cleans labels with the page's DOM.
const page = parseHTML("<!doctype html><html><body></body></html>").window;
Object.assign(globalThis, { window: page, document: page.document });
runInThisContext(readFileSync(createRequire(import.meta.url).resolve("@mermaid-js/tiny"), "utf8"));
const { mermaid } = globalThis as unknown as { readonly mermaid: Mermaid };

const drawings = codeBlocks("mermaid");

test("the architecture page draws the way of a delivery, the state machine and a claim over time", async () => {
  const kinds = drawings
    .filter(({ page: of }) => of === "docs/internals/architecture.md")
    .map(({ source }) => source.split(/\s/, 1)[0]);
  expect(kinds).toEqual(expect.arrayContaining(["flowchart", "stateDiagram-v2", "sequenceDiagram"]));
});

test.each(drawings)("$name parses", async ({ source }) => {
  await expect(mermaid.parse(source)).resolves.toBeDefined();
});
