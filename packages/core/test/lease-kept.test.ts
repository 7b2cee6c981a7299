import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { expect, test, vi } from "vitest";
import { useFakeTime } from "./support/fake-time.ts";

useFakeTime();

const event = eventFixture("fax.failed");
const broken = () => new BrokenStore(createMemoryStore());

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

test("a store that does not answer is asked ever more often as the lease runs out, and in peace after it", async () => {
  const store = broken();
  const { webhooks } = receiving({ store, deadlineMs: 100, leaseMs: 10_100 });
  const work = gate();
  webhooks.on("fax.failed", () => work.promise);
  store.break("renew", () => gate().promise);
  const answer = webhooks(attempt(event));
  const renewals = async (ms: number) => {
    store.calls.length = 0;
    await vi.advanceTimersByTimeAsync(ms);
    return store.calls.filter((call) => call === "renew").length;
  };
  // From the first, when a third of the lease is over. Each waits for a quarter of what is left, at least 250 ms.
  expect([await renewals(5_000), await renewals(3_000), await renewals(2_100)]).toEqual([1, 2, 5]);
  // Each waits for 5 s, and the next one comes 1 s later.
  expect(await renewals(60_000)).toBe(10);
  work.open();
  await answer;
});

test("a store that refuses connections is asked ever more often as the lease runs out, then each second", async () => {
  const store = broken();
  const { webhooks } = receiving({ store, deadlineMs: 100, leaseMs: 10_100 });
  const work = gate();
  webhooks.on("fax.failed", () => work.promise);
  store.cut("renew");
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(10_100);
  expect(store.calls.filter((call) => call === "renew").length).toBeGreaterThan(20);
  store.calls.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(store.calls.length).toBeGreaterThanOrEqual(59);
  expect(store.calls.length).toBeLessThanOrEqual(61);
  work.open();
  await answer;
});

test("a renewal that is answered after the handler has ended starts no other one", async () => {
  const store = broken();
  const { webhooks } = receiving({ store });
  const [work, renewal] = [gate(), gate()];
  webhooks.on("fax.failed", () => work.promise);
  store.break("renew", () => renewal.promise);
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(16_000);
  work.open();
  expect((await answer).status).toBe(200);
  renewal.open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(store.calls).toEqual(["claim", "renew", "complete"]);
  expect(vi.getTimerCount()).toBe(0);
});

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
