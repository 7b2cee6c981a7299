import { createRealClock } from "@mintfax-webhooks/testing";
import { expect, test } from "vitest";

const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

test("wakes a sleeper after its time", async () => {
  const clock = createRealClock();
  const startMs = performance.now();
  await clock.sleep(20);
  // A timer of Node may be 1 ms early.
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(19);
});

test("once stopped, wakes no sleeper and leaves no timer", () => {
  const clock = createRealClock();
  const before = timers();
  void clock.sleep(3_600_000);
  expect(timers()).toBe(before + 1);
  clock.stop();
  void clock.sleep(3_600_000);
  expect(timers()).toBe(before);
});

test.each(["before", "after"])(
  "a sleep that started %s the stop ends with its signal's reason",
  async (when) => {
    const clock = createRealClock();
    const controller = new AbortController();
    if (when === "after") clock.stop();
    const sleeping = clock.sleep(3_600_000, controller.signal);
    if (when === "before") clock.stop();
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow("enough");
  },
);
