import { handOffSuite } from "conformance/hand-off";
import { PostgresServer } from "test-support/postgres-server";
import { runSize } from "test-support/run-size";
import { afterAll, describe, expect, test } from "vitest";
import { graphileWorkerEngine } from "./engine.ts";

const server = await PostgresServer.start();
afterAll(() => server.stop());
// BullMQ has all cases in `pnpm test` too.
const size = runSize("some", "all");
const { cases, skipped } = handOffSuite(graphileWorkerEngine(server), size);

describe(`graphile-worker, ${size} cases`, () => {
  test.each(cases)("$name", ({ run }) => run());

  test("there is no case that it cannot have", () => {
    expect(skipped).toEqual([]);
  });
});
