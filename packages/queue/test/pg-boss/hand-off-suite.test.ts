import { handOffSuite } from "conformance/hand-off";
import { PostgresServer } from "test-support/postgres-server";
import { runSize } from "test-support/run-size";
import { afterAll, describe, expect, test } from "vitest";
import { pgBossEngine } from "./engine.ts";

// It keeps what it has acknowledged: cases kill it.
const postgres = await PostgresServer.start({ fsync: "on" });
afterAll(() => postgres.stop());
// BullMQ has all cases in `pnpm test` too.
const size = runSize("some", "all");
const { cases, skipped } = handOffSuite(pgBossEngine(postgres), size);

describe(`pg-boss, ${size} cases`, () => {
  test.each(cases)("$name", ({ run }) => run());

  test("there is no case that it cannot have", () => {
    expect(skipped).toEqual([]);
  });
});
