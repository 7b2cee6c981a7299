import { createManualClock } from "@mintfax-webhooks/testing";
import { describe, expect, test } from "vitest";

test("starts at the given time, by default now, and stands still", () => {
  expect(createManualClock(1_000).nowMs()).toBe(1_000);
  expect(Math.abs(createManualClock().nowMs() - Date.now())).toBeLessThan(1_000);
});

describe("advance", () => {
  test("wakes sleepers in the order in which they are due, each at its own time", async () => {
    const clock = createManualClock(0);
    const woken: [string, number][] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.nowMs()]);
    };
    void sleep("late", 300);
    void sleep("early", 100);
    void sleep("early too", 100);
    void sleep("never", 501);
    // Falls asleep again on the way.
    void sleep("first", 50).then(() => sleep("second", 150));
    await clock.advance(500);
    expect(woken).toEqual([
      ["first", 50],
      ["early", 100],
      ["early too", 100],
      ["second", 200],
      ["late", 300],
    ]);
    expect(clock.nowMs()).toBe(500);
  });

  test("wakes exactly at the time, not before", async () => {
    const clock = createManualClock(0);
    let awake = false;
    void clock.sleep(100).then(() => {
      awake = true;
    });
    await clock.advance(99);
    expect(awake).toBe(false);
    await clock.advance(1);
    expect(awake).toBe(true);
  });
});

describe("a signal", () => {
  test("ends a sleep with its reason", async () => {
    const clock = createManualClock(0);
    const controller = new AbortController();
    const sleeping = clock.sleep(100, controller.signal);
    controller.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("enough");
    await expect(clock.sleep(100, controller.signal)).rejects.toThrow("enough");
    expect(clock.nowMs()).toBe(0);
  });

  test("leaves no sleeper to the clock", async () => {
    const clock = createManualClock(0);
    const controller = new AbortController();
    const sleeping = clock.sleep(100, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toThrow();
    // Without a sleeper, real work may take longer than the clock would wait for it.
    await clock.runUntil(new Promise((resolve) => setTimeout(resolve, 250)));
    expect(clock.nowMs()).toBe(0);
  });
});

describe("runUntil", () => {
  test("moves the clock no further than needed, and returns the result", async () => {
    const clock = createManualClock(0);
    void clock.sleep(1_000);
    const work = async () => {
      await clock.sleep(10);
      await clock.sleep(100);
      return "done";
    };
    expect(await clock.runUntil(work())).toBe("done");
    expect(clock.nowMs()).toBe(110);
  });

  test("passes a rejection on", async () => {
    const clock = createManualClock(0);
    const failing = clock.sleep(10).then(() => Promise.reject(new Error("broken")));
    await expect(clock.runUntil(failing)).rejects.toThrow("broken");
  });

  test("waits for real work before it passes a sleep that this work may end", async () => {
    const clock = createManualClock(0);
    const controller = new AbortController();
    const limit = clock.sleep(30_000, controller.signal);
    // As long as a slow query on a busy machine: more turns of the event loop than any chain of promises takes.
    const query = new Promise<string>((resolve) => setTimeout(resolve, 400, "row"));
    expect(await clock.runUntil(Promise.race([query, limit]))).toBe("row");
    expect(clock.nowMs()).toBe(0);
    controller.abort();
    await expect(limit).rejects.toThrow();
  });

  test("passes the sleep in the end", async () => {
    const clock = createManualClock(0);
    await clock.runUntil(clock.sleep(30_000, new AbortController().signal));
    expect(clock.nowMs()).toBe(30_000);
  });
});
