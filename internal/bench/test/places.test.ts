import { expect, test } from "vitest";
import { type CpuProfile, sharesByPlace } from "../src/stats/places.ts";

const node = (
  id: number,
  functionName: string,
  url = "",
  children: number[] = [],
): CpuProfile["nodes"][number] => ({
  id,
  callFrame: { functionName, url },
  children,
});

test("working time is shared out, without idleness and without what a start takes", () => {
  const shares = sharesByPlace({
    nodes: [
      node(1, "(root)", "", [2, 3, 5, 6, 8]),
      node(2, "(idle)"),
      node(3, "run", "node:internal/modules/run_main", [4]),
      node(4, "open"),
      node(5, "(garbage collector)"),
      node(6, "emit", "node:events", [7]),
      node(7, "writeUtf8String"),
      node(8, "claim", "file:///x/node_modules/@mintfax-webhooks/core/dist/index.js"),
    ],
    samples: [2, 4, 5, 6, 7, 7, 8],
    timeDeltas: [900, 500, 10, 20, 30, 30, 10],
  });
  expect(shares).toEqual({
    "writing to the socket": 0.6,
    "garbage collection": 0.1,
    "HMAC and comparison": 0,
    "JSON.parse, and its text": 0,
    "mintfax, all else": 0.1,
    "Node: HTTP, streams, events": 0.2,
    "the rest": 0,
  });
});
