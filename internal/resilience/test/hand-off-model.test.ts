import { runSize } from "test-support/run-size";
import { describe, expect, test } from "vitest";
import { model, NO_ENGINE, NO_STORES, TIMEOUT_MS } from "./support/model.ts";

const HAND_OFFS = runSize(2_000, 50_000);

test(
  `${HAND_OFFS} interleavings of the two stages of hand-off: no counterexample`,
  async () => {
    const { code, output } = await model("--hand-offs", String(HAND_OFFS), ...NO_ENGINE, ...NO_STORES);
    console.log(output);
    expect(output).toContain(`hand-off: ${HAND_OFFS.toLocaleString("en")} interleavings`);
    expect(code, output).toBe(0);
  },
  TIMEOUT_MS,
);

describe("a bug put into the hand-off is found", () => {
  test.each([
    ["answer-before-stored", "not stored"],
    ["answer-before-stored", "lost event"],
    ["enqueue-outside-tx", "double"],
    ["known-when-finished", "lost event"],
    ["work-without-claim", "double"],
    ["one-namespace", "lost event"],
    ["finish-when-busy", "finished too early"],
    ["finish-when-busy", "lost event"],
    ["park-at-once", "parked too early"],
  ])(
    "%s shows as: %s",
    async (plant, rule) => {
      const { code, output } = await model(
        "--plant",
        plant,
        "--seed",
        "1",
        "--hand-offs",
        "5000",
        "--rule",
        rule,
      );
      expect(output).toContain(`broken: ${rule}:`);
      expect(code, output).toBe(1);
    },
    TIMEOUT_MS,
  );
});
