import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import type { Settlement } from "@mintfax-webhooks/core/store";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const event = eventFixture("fax.failed");
const broken = () => new BrokenStore(createMemoryStore());

describe("an answer that the contract does not have", () => {
  test.each<[string, unknown]>([
    ["an unknown state", { state: "busy" }],
    ["nothing", undefined],
    ["an empty object", {}],
    ["a text", "claimed"],
    ["a claim without a fence", { state: "claimed" }],
    ["a claim with a fence that is not a whole number", { state: "claimed", fence: Number.NaN }],
    [
      "a getter that throws",
      {
        get state() {
          throw new Error("no");
        },
      },
    ],
  ])("to a claim, %s: 503, and the handler does not run", async (_, answer) => {
    for (const claim of [() => answer, async () => answer]) {
      const { webhooks, records } = receiving({
        store: Object.assign(createMemoryStore(), { claim }) as LeaseStore,
      });
      const handler = vi.fn();
      webhooks.on("fax.failed", handler);
      expect((await webhooks(attempt(event))).status).toBe(503);
      expect(handler).not.toHaveBeenCalled();
      expect(records).toMatchObject([{ code: "store_unavailable" }]);
    }
  });

  test("to complete: tried again, then 200 and an alarm; never lost", async () => {
    const store = createMemoryStore();
    const complete = vi.spyOn(store, "complete").mockImplementation(() => "OK" as Settlement);
    const { webhooks, records, late } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(records).toMatchObject([{ code: "complete_unavailable" }]);
    complete.mockRestore();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(late).toMatchObject([{ outcome: "processed", code: undefined }]);
  });
});

test.each(["at once", "past its deadline"])("a lazy thenable runs once, %s", async (when) => {
  const { webhooks } = receiving();
  const work = gate();
  const then = vi.fn((resolve: () => void) => void work.promise.then(resolve));
  webhooks.on("fax.failed", () => ({ then }));
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(when === "at once" ? 0 : 25_000);
  work.open();
  expect((await answer).status).toBe(when === "at once" ? 200 : 503);
  await webhooks.drain();
  expect(then).toHaveBeenCalledTimes(1);
});

test.each([
  [25_000, 45_000, 74_000, 101_000],
  [100, 10_100, 3_000, 9_000],
])(
  "deadline %d ms, lease %d ms: a store silent from %d to %d ms costs no lease",
  async (deadlineMs, leaseMs, fromMs, toMs) => {
    const inner = createMemoryStore();
    const store = new BrokenStore(inner);
    const first = receiving({ store, deadlineMs, leaseMs });
    const second = receiving({ store: inner, deadlineMs, leaseMs });
    const work = gate();
    first.webhooks.on("fax.failed", () => work.promise);
    const handler = vi.fn();
    second.webhooks.on("fax.failed", handler);
    const answer = first.webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(fromMs);
    store.break("renew", () => gate().promise);
    await vi.advanceTimersByTimeAsync(toMs - fromMs);
    store.mend();
    await vi.advanceTimersByTimeAsync(9_000);
    expect((await second.webhooks(attempt(event))).status).toBe(409);
    expect(handler).not.toHaveBeenCalled();
    work.open();
    await answer;
    await first.webhooks.drain();
  },
);

test.each<[string, () => unknown]>([
  ["returns at once", () => {}],
  ["returns a promise that has settled", async () => {}],
  [
    "throws at once",
    () => {
      throw new Error("no");
    },
  ],
  ["returns a promise that has been rejected", () => Promise.reject(new Error("no"))],
])("a handler that %s leaves no timer behind", async (_, handler) => {
  const { webhooks } = receiving();
  webhooks.on("fax.failed", handler as () => void);
  await webhooks(attempt(event));
  expect(vi.getTimerCount()).toBe(0);
});

describe("a completion that the store could not be told of", () => {
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
    // Another call does not start the limit anew.
    const drainedToo = webhooks.drain();
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([drained, drainedToo]);
    expect(late).toMatchObject([{ outcome: "processed", code: "complete_unavailable" }]);
    expect(late[0]?.message).toContain("before this server stopped trying");
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

describe("a claim", () => {
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
