import { createReceiver } from "@mintfax-webhooks/core";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { expect, test } from "vitest";
import { describeHostileInput, ROW_COUNT } from "./support/hostile/suite.ts";

describeHostileInput("node:http", (lanes) => {
  const byPath = new Map([...lanes].map(([path, options]) => [path, createReceiver(options)]));
  return {
    receivers: [...byPath.values()],
    listener: (req, res) => {
      const receiver = byPath.get(req.url ?? "");
      if (receiver === undefined) res.writeHead(404).end();
      else void handleNodeRequest(receiver, req, res, req);
    },
  };
});

test("the table is as long as was promised", () => {
  expect(ROW_COUNT).toBeGreaterThanOrEqual(80);
});
