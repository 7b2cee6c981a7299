import { handOffSuite } from "conformance/hand-off";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterAll, describe, expect, test } from "vitest";
import { bullmqEngine } from "./engine.ts";

test("CI has a real redis-server", () => {
  expect(HAS_REDIS || process.env.CI !== "true").toBe(true);
});

if (!HAS_REDIS) test.skip("the hand-off suite on BullMQ (needs redis-server on the PATH)");
else {
  const redis = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
  afterAll(() => redis.stop());
  const { cases, skipped } = handOffSuite(bullmqEngine(redis), "all");

  describe("BullMQ", () => {
    test.each(cases)("$name", ({ run }) => run());

    test("only what Redis cannot have is left out", () => {
      expect(skipped).toEqual(["it has no tables to miss", "no store shares its database"]);
    });
  });
}
