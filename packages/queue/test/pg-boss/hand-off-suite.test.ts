import { handOffSuite } from "conformance/hand-off";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, describe, expect, test } from "vitest";
import { pgBossEngine } from "./engine.ts";

// It keeps what it has acknowledged: cases kill it.
const postgres = await PostgresServer.start({ fsync: "on" });
afterAll(() => postgres.stop());
const { cases, skipped } = handOffSuite(pgBossEngine(postgres));

describe("pg-boss", () => {
  test.each(cases)("$name", ({ run }) => run());

  test("nothing is left out", () => {
    expect(skipped).toEqual([]);
  });
});
