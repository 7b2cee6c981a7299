import { handOffSuite } from "conformance/hand-off";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, expect, test } from "vitest";
import { graphileWorkerEngine } from "./engine.ts";

const server = await PostgresServer.start();
afterAll(() => server.stop());
const { cases, skipped } = handOffSuite(graphileWorkerEngine(server));

test.each(cases)("$name", ({ run }) => run());

test("nothing is left out", () => {
  expect(skipped).toEqual([]);
});
