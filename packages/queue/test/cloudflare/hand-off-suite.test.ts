import { handOffSuite } from "conformance/hand-off";
import { runSize } from "test-support/run-size";
import { afterAll, describe, expect, test } from "vitest";
import { cloudflareEngine } from "./engine.ts";
import { Workerd } from "./workerd.ts";

const workerd = await Workerd.start(60, { maxRetries: 3 });
afterAll(() => workerd.stop());
// BullMQ has all cases in `pnpm test` too.
const size = runSize("some", "all");
const { cases, skipped } = handOffSuite(cloudflareEngine(workerd), size);

describe(`Cloudflare Queues, ${size} cases`, () => {
  test.each(cases)("$name", ({ run }) => run());

  test("what is left out needs processes of Node, or a server that can be stopped", () => {
    expect(skipped).toEqual([
      "it has no tables to miss",
      "its workers are not processes of Node",
      "no store shares its database",
      "its server cannot be stopped",
    ]);
  });
});
