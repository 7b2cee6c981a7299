import {
  ConfigurationError,
  createMemoryStore,
  type LeaseStore,
  StoreUnavailableError,
} from "@mintfax-webhooks/core";
import type { Claim } from "@mintfax-webhooks/core/store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const LEASE_MS = 45_000;
const keyOf = (id: string) => ({ namespace: "test", id });

async function finish(store: LeaseStore, id: string): Promise<void> {
  const claim = await store.claim(keyOf(id), id, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(await store.complete(keyOf(id), { owner: id, fence: claim.fence })).toBe("ok");
}

const holderOf = (claim: Claim, owner: string) => ({
  owner,
  fence: claim.state === "claimed" ? claim.fence : -1,
});

const stateOf = async (store: LeaseStore, id: string) =>
  (await store.claim(keyOf(id), "probe", LEASE_MS)).state;

test("full: the oldest finished id makes room", async () => {
  const store = createMemoryStore({ maxIds: 3 });
  for (const id of ["a", "b", "c", "d", "e"]) await finish(store, id);
  expect(await stateOf(store, "e")).toBe("done");
  expect(await stateOf(store, "d")).toBe("done");
  expect(await stateOf(store, "c")).toBe("done");
  expect(await stateOf(store, "a")).toBe("claimed");
});

test("full: what is being processed is never evicted, and with nothing else in it, it is unavailable", async () => {
  const store = createMemoryStore({ maxIds: 2 });
  await store.claim(keyOf("a"), "a", LEASE_MS);
  const claim = await store.claim(keyOf("b"), "b", LEASE_MS);
  expect(() => store.claim(keyOf("c"), "c", LEASE_MS)).toThrow(StoreUnavailableError);
  expect(await stateOf(store, "a")).toBe("pending");
  await store.release(keyOf("b"), holderOf(claim, "b"));
  expect(await stateOf(store, "c")).toBe("claimed");
});

test("full: a finished id makes room, in any order and beside any ids in process", async () => {
  const store = createMemoryStore({ maxIds: 2 });
  const claim = await store.claim(keyOf("slow"), "slow", LEASE_MS);
  for (const id of ["a", "b"]) await finish(store, id);
  expect(await stateOf(store, "slow")).toBe("pending");
  expect(await stateOf(store, "b")).toBe("done");
  expect(await store.complete(keyOf("slow"), holderOf(claim, "slow"))).toBe("ok");
  expect(await stateOf(store, "c")).toBe("claimed");
  expect(await stateOf(store, "d")).toBe("claimed");
});

test("what was released, or taken over, takes no more room than anything else", async () => {
  const store = createMemoryStore({ maxIds: 1 });
  const released = await store.claim(keyOf("a"), "me", LEASE_MS);
  expect(await store.release(keyOf("a"), holderOf(released, "me"))).toBe("ok");
  await store.claim(keyOf("b"), "a process that died", LEASE_MS);
  vi.advanceTimersByTime(LEASE_MS);
  for (const id of ["b", "c"]) await finish(store, id);
  expect(await stateOf(store, "d")).toBe("claimed");
});

test("by default: 100,000 ids, each for 7 days", async () => {
  const store = createMemoryStore();
  for (let i = 0; i < 99_999; i++) await store.claim(keyOf(`id${i}`), "me", LEASE_MS);
  await finish(store, "a");
  vi.advanceTimersByTime(7 * 24 * 3_600_000 - 1);
  expect(await stateOf(store, "a")).toBe("done");
  vi.advanceTimersByTime(1);
  expect(await stateOf(store, "a")).toBe("claimed");
  expect(() => store.claim(keyOf("b"), "me", LEASE_MS)).toThrow(
    /The memory store is full: all of its 100000 ids are being processed\. Raise maxIds, or find out/,
  );
});

test("full of what is being processed: the first that is finished makes room", async () => {
  const store = createMemoryStore({ maxIds: 1 });
  const claim = await store.claim(keyOf("a"), "a", LEASE_MS);
  expect(() => store.claim(keyOf("b"), "b", LEASE_MS)).toThrow(StoreUnavailableError);
  await store.complete(keyOf("a"), holderOf(claim, "a"));
  expect(await store.claim(keyOf("b"), "b", LEASE_MS)).toMatchObject({ state: "claimed" });
});

test("an id that comes back after its retention is the newest one again", async () => {
  const store = createMemoryStore({ maxIds: 3, retentionMs: 3_600_000 });
  for (const id of ["a", "b"]) await finish(store, id);
  vi.advanceTimersByTime(3_600_000);
  for (const id of ["a", "c", "d"]) await finish(store, id);
  for (const id of ["a", "c", "d"]) expect(await stateOf(store, id)).toBe("done");
});

test("a lease lasts as long as was asked for, and starts anew with each claim and renewal by its owner", async () => {
  const store = createMemoryStore();
  const first = await store.claim(keyOf("a"), "me", LEASE_MS);
  const holder = holderOf(first, "me");
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await store.claim(keyOf("a"), "me", LEASE_MS)).toEqual(first);
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await store.renew(keyOf("a"), holder, LEASE_MS)).toBe("ok");
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await store.claim(keyOf("a"), "another owner", LEASE_MS)).toEqual({ state: "pending" });
  vi.advanceTimersByTime(1);
  const second = await store.claim(keyOf("a"), "another owner", LEASE_MS);
  expect(second).toMatchObject({ state: "claimed" });
  expect(holderOf(second, "").fence).toBeGreaterThan(holder.fence);
});

test("who has the fence and is not the owner holds nothing", async () => {
  const store = createMemoryStore();
  const claim = await store.claim(keyOf("a"), "me", LEASE_MS);
  const thief = holderOf(claim, "another owner");
  expect(await store.renew(keyOf("a"), thief, LEASE_MS)).toBe("lost");
  expect(await store.complete(keyOf("a"), thief)).toBe("lost");
  expect(await store.release(keyOf("a"), thief)).toBe("lost");
});

test("an owner whose id was taken over does not hold it by its first claim", async () => {
  const store = createMemoryStore();
  const first = await store.claim(keyOf("a"), "me", LEASE_MS);
  for (const owner of ["another owner", "me"]) {
    vi.advanceTimersByTime(LEASE_MS);
    await store.claim(keyOf("a"), owner, LEASE_MS);
  }
  expect(await store.renew(keyOf("a"), holderOf(first, "me"), LEASE_MS)).toBe("lost");
  expect(await store.complete(keyOf("a"), holderOf(first, "me"))).toBe("lost");
  expect(await store.release(keyOf("a"), holderOf(first, "me"))).toBe("lost");
});

test("an id that is absent, or that another owner has finished, is not held", async () => {
  const store = createMemoryStore();
  await finish(store, "done");
  for (const id of ["absent", "done"]) {
    const holder = { owner: "me", fence: 17 };
    expect(await store.renew(keyOf(id), holder, LEASE_MS)).toBe("lost");
    expect(await store.complete(keyOf(id), holder)).toBe("lost");
    expect(await store.release(keyOf(id), holder)).toBe(id === "absent" ? "ok" : "lost");
  }
});

test("forget tells what is processed from what is being processed and from what is past", async () => {
  const store = createMemoryStore({ retentionMs: 3_600_000 });
  await store.claim(keyOf("a"), "me", LEASE_MS);
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await store.forget(keyOf("a"))).toBe("pending");
  vi.advanceTimersByTime(1);
  expect(await store.forget(keyOf("a"))).toBe("absent");
  for (const id of ["b", "c"]) await finish(store, id);
  vi.advanceTimersByTime(3_599_999);
  expect(await store.forget(keyOf("b"))).toBe("forgotten");
  expect(await store.forget(keyOf("b"))).toBe("absent");
  vi.advanceTimersByTime(1);
  expect(await store.forget(keyOf("c"))).toBe("absent");
});

test("eviction goes on in order over many generations, also after ids were forgotten", async () => {
  const store = createMemoryStore({ maxIds: 100 });
  for (let i = 0; i < 1_000; i++) {
    await finish(store, `id${i}`);
    if (i % 7 === 0) await store.forget(keyOf(`id${i}`));
  }
  expect(await store.forget(keyOf("id800"))).toBe("absent");
  for (const i of [950, 960, 999]) expect(await stateOf(store, `id${i}`)).toBe("done");
});

// Threat: T03
test("an id is remembered for the retention, and not a moment longer", async () => {
  const store = createMemoryStore({ retentionMs: 3_600_000 });
  await finish(store, "a");
  vi.advanceTimersByTime(3_599_999);
  expect(await stateOf(store, "a")).toBe("done");
  vi.advanceTimersByTime(1);
  expect(await stateOf(store, "a")).toBe("claimed");
  vi.advanceTimersByTime(LEASE_MS - 1);
  expect(await store.claim(keyOf("a"), "another owner", LEASE_MS)).toEqual({ state: "pending" });
});

test("setting the wall clock ends no lease", async () => {
  const store = createMemoryStore();
  await store.claim(keyOf("a"), "a", LEASE_MS);
  vi.setSystemTime(Date.now() + 10 * LEASE_MS);
  expect(await stateOf(store, "a")).toBe("pending");
});

test("claim and complete are repeatable by their owner", async () => {
  const store = createMemoryStore();
  const first = await store.claim(keyOf("a"), "me", LEASE_MS);
  expect(await store.claim(keyOf("a"), "me", LEASE_MS)).toEqual(first);
  const holder = holderOf(first, "me");
  expect(await store.complete(keyOf("a"), holder)).toBe("ok");
  expect(await store.complete(keyOf("a"), holder)).toBe("ok");
  expect(await store.release(keyOf("a"), holder)).toBe("lost");
  expect(await stateOf(store, "a")).toBe("done");
});

test("a released id can be claimed at once, with a higher fence", async () => {
  const store = createMemoryStore();
  const first = await store.claim(keyOf("a"), "one", LEASE_MS);
  if (first.state !== "claimed") throw new Error(first.state);
  expect(await store.release(keyOf("a"), { owner: "one", fence: first.fence })).toBe("ok");
  const second = await store.claim(keyOf("a"), "two", LEASE_MS);
  expect(second.state === "claimed" && second.fence > first.fence).toBe(true);
});

test("fences grow over a restart of the process", async () => {
  const fenceIn = async (store: LeaseStore) =>
    holderOf(await store.claim(keyOf("a"), "me", LEASE_MS), "me").fence;
  const before = await fenceIn(createMemoryStore());
  vi.advanceTimersByTime(1_000);
  expect(await fenceIn(createMemoryStore())).toBeGreaterThan(before);
});

test.each(["__proto__", "constructor", "toString", "a b", "é"])("%s is an id like any other", async (id) => {
  const store = createMemoryStore();
  expect(await store.forget(keyOf(id))).toBe("absent");
  await finish(store, id);
  expect(await stateOf(store, id)).toBe("done");
});

test.each([
  { maxIds: 0 },
  { maxIds: 1.5 },
  { maxIds: Number.NaN },
  { retentionMs: 3_599_999 },
  { retentionMs: Number.NaN },
  { retentionMs: 1e300 },
])("%o is refused", (options) => {
  const [name, value] = Object.entries(options)[0] ?? [];
  const expected =
    name === "maxIds"
      ? "expected a whole number of at least 1."
      : "expected a whole number from 3600000 to 315360000000 (one hour, longer than mintfax's own retries, to ten years).";
  const refused = () => createMemoryStore(options);
  expect(refused).toThrow(ConfigurationError);
  expect(refused).toThrow(
    expect.objectContaining({
      code: "option_out_of_bounds",
      message: `${name} is ${value}; ${expected}`,
    }),
  );
});

test.each([{ maxIds: 1 }, { retentionMs: 3_600_000 }])("%o is within bounds", (options) => {
  expect(createMemoryStore(options).kind).toBe("lease");
});

/** Enough that the store keeps them in several parts. */
const MANY = 40_000;

test("full of many ids: as many as maxIds are remembered, among them the newest", async () => {
  const store = createMemoryStore({ maxIds: MANY });
  const ids = Array.from({ length: 2.5 * MANY }, (_, n) => `evt_${n}`);
  for (const id of ids) await finish(store, id);
  const newest = ids.slice(-MANY / 2).map((id) => store.forget(keyOf(id)));
  expect(newest.filter((forgetting) => forgetting !== "forgotten")).toEqual([]);
  const older = ids.slice(0, -MANY / 2).map((id) => store.forget(keyOf(id)));
  expect(older.filter((forgetting) => forgetting === "forgotten")).toHaveLength(MANY / 2);
});

test("full of many ids in process: the only finished one makes room for any new id", async () => {
  const store = createMemoryStore({ maxIds: MANY });
  for (let n = 1; n < MANY; n += 1) await store.claim(keyOf(`evt_${n}`), "me", LEASE_MS);
  const ids = Array.from({ length: 12 }, (_, n) => `new_${n}`);
  for (const id of ids) await finish(store, id);
  const found = ids.map((id) => store.forget(keyOf(id)));
  expect(found).toEqual([...new Array(11).fill("absent"), "forgotten"]);
});

test("an id whose retention is over is absent to those who look", async () => {
  const store = createMemoryStore({ retentionMs: 3_600_000 });
  await finish(store, "a");
  vi.advanceTimersByTime(3_599_999);
  expect(await store.inspect(keyOf("a"))).toMatchObject({ state: "done" });
  vi.advanceTimersByTime(1);
  expect(await store.inspect(keyOf("a"))).toEqual({ state: "absent" });
});
