import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";
import { useFakeTime } from "./support/fake-time.ts";

useFakeTime();

const event = eventFixture("fax.failed");
const broken = () => new BrokenStore(createMemoryStore());

describe("a claim", () => {
  /** A store whose calls of `claim` are as given, one after the other, then as the memory store has them. */
  function claiming(...calls: (() => unknown)[]) {
    const inner = createMemoryStore();
    const asked: number[] = [];
    const store: LeaseStore = {
      kind: "lease",
      claim(...args) {
        const call = calls[asked.push(performance.now()) - 1];
        return call === undefined ? inner.claim(...args) : (call() as never);
      },
      renew: (...args) => inner.renew(...args),
      complete: (...args) => inner.complete(...args),
      release: (...args) => inner.release(...args),
      forget: (...args) => inner.forget(...args),
      inspect: (...args) => inner.inspect(...args),
    };
    return { store, asked };
  }
  const hanging = () => gate().promise;
  const failing = () => Promise.reject(new Error("ECONNRESET"));

  /** The clock moves, and no timer has had its turn yet. */
  function standStill(ms: number): void {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + ms);
  }

  test("that was rejected is repeated, and may be answered at once", async () => {
    const { store, asked } = claiming(failing);
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(asked).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that was rejected is repeated once, and waited for until 5 s are over", async () => {
    const { store, asked } = claiming(failing, hanging);
    const answered = vi.fn();
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    void webhooks(attempt(event)).then(answered);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledOnce();
    expect(asked).toHaveLength(2);
  });

  test("that is rejected after it was repeated is not repeated again", async () => {
    const first = gate();
    const { store, asked } = claiming(() => first.promise, hanging);
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(2_500);
    first.fail(new Error("ECONNRESET"));
    await vi.advanceTimersByTimeAsync(2_500);
    expect((await answer).status).toBe(503);
    expect(asked).toHaveLength(2);
  });

  test("whose process stood still is repeated, with half of the time for its answer", async () => {
    const second = gate();
    const { store, asked } = claiming(hanging, () => second.promise);
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const answered = vi.fn();
    void webhooks(attempt(event)).then(answered);
    await vi.advanceTimersByTimeAsync(2_000);
    standStill(10_000);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2_499);
    expect(answered).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(answered).toHaveBeenCalledOnce();
  });

  test("whose process stood still in the second call is asked for a third time", async () => {
    const { store, asked } = claiming(hanging, hanging);
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(4_000);
    standStill(10_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await answer).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  test("whose process stood still past the deadline is not asked for again", async () => {
    const { store, asked } = claiming(hanging);
    const { webhooks } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(2_000);
    standStill(30_000);
    await vi.advanceTimersByTimeAsync(500);
    expect((await answer).status).toBe(503);
    expect(asked).toHaveLength(1);
    expect(handler).not.toHaveBeenCalled();
  });

  test("whose answer was lost is repeated by its owner, and the handler runs", async () => {
    const inner = createMemoryStore();
    const claims: string[] = [];
    const store: LeaseStore = Object.assign(createMemoryStore(), inner, {
      claim: async (...[key, owner, leaseMs]: Parameters<LeaseStore["claim"]>) => {
        const claim = await inner.claim(key, owner, leaseMs);
        if (claims.push(owner) === 1) throw new Error("ECONNRESET");
        return claim;
      },
      complete: inner.complete.bind(inner),
    });
    const { webhooks } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
    expect(claims[1]).toBe(claims[0]);
  });

  test("that is waited for past a short deadline: the store is unavailable, and the handler does not run", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store, deadlineMs: 1_000 });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    store.break("claim", () => gate().promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await (await answer).json()).toMatchObject({ code: "store_unavailable" });
    expect(handler).not.toHaveBeenCalled();
    expect(records).toHaveLength(1);
  });

  test("that grew old in a process that stood still is asked for again before the handler starts", async () => {
    const inner = createMemoryStore();
    const store = new BrokenStore(inner);
    const { webhooks } = receiving({ store, deadlineMs: 79_000, leaseMs: 89_000 });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    const { promise, open } = gate();
    store.break("claim", () => promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(0);
    const laterMs = performance.now() + 46_000;
    vi.spyOn(performance, "now").mockImplementation(() => laterMs);
    open();
    expect((await answer).status).toBe(200);
    expect(store.calls).toEqual(["claim", "claim", "complete"]);
    expect(handler).toHaveBeenCalledTimes(1);
  });
});
