import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";
import { useFakeTime } from "./support/fake-time.ts";

useFakeTime();

const event = eventFixture("fax.failed");
const broken = () => new BrokenStore(createMemoryStore());

/** The memory store, of which calls for one event fail. */
function failingFor(id: string, ...calls: readonly ("complete" | "renew")[]): LeaseStore {
  const store = createMemoryStore();
  for (const call of calls) {
    const inner = store[call].bind(store) as (key: DedupKey, ...rest: never[]) => unknown;
    Object.assign(store, {
      [call]: (key: DedupKey, ...rest: never[]) =>
        key.id === id ? Promise.reject(new Error("ECONNREFUSED")) : inner(key, ...rest),
    });
  }
  return store;
}

describe("a completion that the store could not be told of", () => {
  test("holds up no other event", async () => {
    const { webhooks } = receiving({ store: failingFor(event.id, "complete") });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(3_000)]);
    const other = eventFixture("fax.failed");
    expect(await (await webhooks(attempt(other))).json()).toEqual({ outcome: "processed", id: other.id });
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("is a duplicate here also when its lease is over, while others were recorded", async () => {
    const slow = eventFixture("fax.failed");
    const { webhooks } = receiving({ store: failingFor(slow.id, "complete", "renew") });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    await Promise.all([webhooks(attempt(slow)), vi.advanceTimersByTimeAsync(3_000)]);
    await webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await (await webhooks(attempt(slow))).json()).toEqual({ outcome: "duplicate", id: slow.id });
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test.each([
    ["two of them: one that is recorded leaves the other one a duplicate", "first"],
    ["two of them: the order does not matter", "second"],
  ])("%s", async (_, recorded) => {
    const store = createMemoryStore();
    const events = [eventFixture("fax.failed"), eventFixture("fax.failed")] as const;
    const stays = recorded === "first" ? events[1] : events[0];
    let isCut = true;
    const complete = store.complete.bind(store);
    Object.assign(store, {
      complete: (...args: Parameters<LeaseStore["complete"]>) =>
        isCut || args[0].id === stays.id ? Promise.reject(new Error("ECONNREFUSED")) : complete(...args),
      renew: () => Promise.reject(new Error("ECONNREFUSED")),
    });
    const { webhooks, late } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    await Promise.all([...events.map((each) => webhooks(attempt(each))), vi.advanceTimersByTimeAsync(3_000)]);
    isCut = false;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(late).toHaveLength(1);
    expect(await (await webhooks(attempt(stays))).json()).toEqual({ outcome: "duplicate", id: stays.id });
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("is the store's alone once it is recorded: after forget, the event runs again", async () => {
    const store = broken();
    const { webhooks } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    store.cut("complete");
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(3_000)]);
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await webhooks.forget(event.id)).toBe("forgotten");
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test.each(["complete", "renew"] as const)("is lost where %s says so", async (call) => {
    const inner = createMemoryStore();
    const store = new BrokenStore(inner);
    const { webhooks, late } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete");
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(3_000)]);
    vi.spyOn(inner, call).mockReturnValue("lost");
    if (call === "complete") store.mend();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(late).toMatchObject([{ outcome: "lost", code: "lease_lost" }]);
  });

  test("is told each second, and its lease is renewed thrice in its length", async () => {
    const store = broken();
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete");
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(3_000)]);
    store.calls.length = 0;
    await vi.advanceTimersByTimeAsync(90_000);
    const count = (call: string) => store.calls.filter((each) => each === call).length;
    expect(count("complete")).toBeGreaterThanOrEqual(88);
    expect(count("complete")).toBeLessThanOrEqual(92);
    expect(count("renew")).toBeGreaterThanOrEqual(5);
    expect(count("renew")).toBeLessThanOrEqual(7);
  });

  test("is kept up until the store is back, then reported; meanwhile a copy here is a duplicate", async () => {
    const inner = createMemoryStore();
    const store = new BrokenStore(inner);
    const { webhooks, late } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    store.cut("complete", "renew");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await answer).status).toBe(200);
    expect(await (await webhooks(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
    expect(late).toEqual([]);
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(late).toMatchObject([{ outcome: "processed", code: undefined }]);
    const other = receiving({ store: inner }).webhooks.on("fax.failed", handler);
    expect(await (await other(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("of a handler past its deadline is reported once, when the store is back", async () => {
    const store = broken();
    const { webhooks, late } = receiving({ store });
    const work = gate();
    webhooks.on("fax.failed", () => work.promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    store.cut("complete");
    work.open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(late).toEqual([]);
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
    await webhooks.drain();
    expect(late).toMatchObject([{ outcome: "processed", code: undefined }]);
  });

  test("keeps its lease where renewing works", async () => {
    const inner = createMemoryStore();
    const store = new BrokenStore(inner);
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete");
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(100_000)]);
    const handler = vi.fn();
    const other = receiving({ store: inner }).webhooks.on("fax.failed", handler);
    expect((await other(attempt(event))).status).toBe(409);
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
    await webhooks.drain();
  });

  test("is given up when the process drains, within a limit, and reported", async () => {
    const store = broken();
    const { webhooks, late } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete", "renew");
    await Promise.all([webhooks(attempt(event)), vi.advanceTimersByTimeAsync(3_000)]);
    const drained = webhooks.drain();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(late).toEqual([]);
    // Another call does not start the limit anew.
    const drainedToo = webhooks.drain();
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([drained, drainedToo]);
    const message = expect.stringContaining("before this server stopped trying");
    expect(late).toMatchObject([{ outcome: "processed", code: "complete_unavailable", message }]);
  });

  test("is given up before a platform ends what it keeps alive, 30 s after the answer", async () => {
    const store = broken();
    const { webhooks, late } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete", "renew");
    const answer = webhooks(attempt(event), { waitUntil: () => {} });
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    await vi.advanceTimersByTimeAsync(24_000);
    expect(late).toEqual([]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(late).toMatchObject([{ outcome: "processed", code: "complete_unavailable" }]);
  });
});

test("a completion interrupted by a pause is tried again on waking, before the answer", async () => {
  const store = broken();
  const { webhooks, records } = receiving({ store });
  webhooks.on("fax.failed", () => {});
  const { promise, fail } = gate();
  store.break("complete", () => promise);
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(0);
  const laterMs = performance.now() + 20_000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => laterMs);
  store.mend();
  fail(new Error("ECONNRESET"));
  await vi.advanceTimersByTimeAsync(50);
  now.mockRestore();
  expect((await answer).status).toBe(200);
  expect(records).toMatchObject([{ outcome: "processed", code: undefined }]);
});

test("a completion interrupted by two pauses is not tried a third time before the answer", async () => {
  const store = broken();
  const { webhooks, records } = receiving({ store });
  webhooks.on("fax.failed", () => {});
  const answer = webhooks(attempt(event));
  const startMs = performance.now();
  const now = vi.spyOn(performance, "now");
  for (const pauseMs of [20_000, 40_000]) {
    const { promise, fail } = gate();
    store.break("complete", () => promise);
    await vi.advanceTimersByTimeAsync(50);
    now.mockImplementation(() => startMs + pauseMs);
    fail(new Error("ECONNRESET"));
  }
  await vi.advanceTimersByTimeAsync(0);
  store.mend();
  await vi.advanceTimersByTimeAsync(50);
  now.mockRestore();
  expect((await answer).status).toBe(200);
  expect(records).toMatchObject([{ outcome: "processed", code: "complete_unavailable" }]);
});
