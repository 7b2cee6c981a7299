import { HAS_REDIS } from "test-support/redis-server";
import { expect, test } from "vitest";
import { testParked } from "./support/parked-suite.ts";
import { bullmqEngine } from "./support/parking.ts";

test("CI has a real redis-server", () => {
  expect(HAS_REDIS || process.env.CI !== "true").toBe(true);
});

if (HAS_REDIS) testParked("bullmq", bullmqEngine);
else test.skip("parked on BullMQ (needs redis-server on the PATH)");
