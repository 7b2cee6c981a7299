import { createMemoryStore } from "@mintfax-webhooks/core";
import { leaseStoreSuite } from "@mintfax-webhooks/testing/store-suite";
import { afterEach, describe, expect, test, vi } from "vitest";

const now = performance.now.bind(performance);
let elapsedMs = 0;

/** The clock goes on, with the jumps that a case makes. */
function elapse(ms: number): void {
  elapsedMs += ms;
  vi.spyOn(performance, "now").mockImplementation(() => now() + elapsedMs);
}
afterEach(() => {
  vi.restoreAllMocks();
  elapsedMs = 0;
});

describe("memory", () => {
  const { cases, skipped } = leaseStoreSuite({
    name: "memory",
    open: (options) => ({ store: createMemoryStore(options), close() {} }),
    elapse,
  });
  test.each(cases)("$name", ({ run }) => run());

  test("the skipped cases are those that do not apply to it", () => {
    expect(skipped).toEqual([
      "memory: a holder from before a loss of all data settles nothing (no `wipe`)",
      "memory: every call fails within 5 s (no `unavailable`)",
    ]);
  });
});
