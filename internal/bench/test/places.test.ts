import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type CpuProfile, sharesByPlace } from "../src/stats/places.ts";

const node = (
  id: number,
  functionName: string,
  url = "",
  children: number[] = [],
  lineNumber = 0,
): CpuProfile["nodes"][number] => ({
  id,
  callFrame: { functionName, url, lineNumber, columnNumber: 0 },
  children,
});

/** @returns the URL of a built file: line 0 is from a file at the top of the sources, line 1 from one in a folder */
function builtCore(): string {
  const folder = mkdtempSync(join(tmpdir(), "places-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dist = join(folder, "node_modules/@mintfax-webhooks/core/dist");
  mkdirSync(dist, { recursive: true });
  const sources = ["../src/receiver.ts", "../src/dedup/memory-store.ts"];
  writeFileSync(
    join(dist, "index.js.map"),
    JSON.stringify({ version: 3, sources, names: [], mappings: "AAAA;ACAA" }),
  );
  return pathToFileURL(join(dist, "index.js")).href;
}

test("working time is shared out, without idleness and without what a start takes", () => {
  const core = builtCore();
  const shares = sharesByPlace({
    nodes: [
      node(1, "(root)", "", [2, 3, 5, 6, 8, 9, 10]),
      node(2, "(idle)"),
      node(3, "run", "node:internal/modules/run_main", [4]),
      node(4, "open"),
      node(5, "(garbage collector)"),
      node(6, "emit", "node:events", [7]),
      node(7, "writeUtf8String"),
      node(8, "receive", core),
      node(9, "claim", core, [], 1),
      node(10, "deliver", "file:///clinic/server.js"),
    ],
    samples: [2, 4, 5, 6, 7, 7, 8, 9, 10],
    timeDeltas: [900, 500, 10, 20, 30, 20, 5, 10, 5],
  });
  expect(Object.fromEntries(shares)).toEqual({
    "writing to the socket": 0.5,
    "garbage collection": 0.1,
    "Node: HTTP, streams, events": 0.2,
    core: 0.05,
    "core/dedup": 0.1,
    "the rest": 0.05,
  });
});
