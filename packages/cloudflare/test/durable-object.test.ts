import { randomUUID } from "node:crypto";
import type { Claim, DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { actAtOnce } from "test-support/at-once";
import { RemoteStore } from "test-support/cloudflare/remote-store";
import type { StoreName } from "test-support/cloudflare/worker/stores";
import type { StorageReport } from "test-support/cloudflare/worker/test-dedup";
import { Workerd } from "test-support/cloudflare/workerd";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const LEASE_MS = 45_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_MS = 30 * DAY_MS;

let workerd: Workerd;
let store: RemoteStore;
let key: DedupKey;

beforeAll(async () => {
  workerd = await Workerd.start();
  store = new RemoteStore(workerd, "Durable Object");
});
afterAll(() => workerd.stop());
beforeEach(() => {
  key = { namespace: "test", id: randomUUID() };
});

const onObject = (method: string, ...args: unknown[]) =>
  workerd.do({ do: "call an object", key, method, args });
const storage = () => onObject("storage") as Promise<StorageReport>;
/** Every call that was under way rejects, as this one does. */
const evict = () => expect(onObject("evict")).rejects.toThrow("evicted by the test");

async function take(owner: string): Promise<Holder> {
  const claim = await store.claim(key, owner, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  return { owner, fence: claim.fence };
}

describe("an object that ends in between", () => {
  test("after claim, after complete: nothing is forgotten", async () => {
    const holder = await take("me");
    await evict();
    expect(await store.claim(key, "you", LEASE_MS)).toEqual({ state: "pending" });
    expect(await store.complete(key, holder)).toBe("ok");
    await evict();
    expect(await store.claim(key, "you", LEASE_MS)).toEqual({ state: "done" });
    expect(await store.complete(key, holder)).toBe("ok");
  });

  test("after release: the fence goes on", async () => {
    const first = await take("me");
    await store.release(key, first);
    await evict();
    expect((await take("me")).fence).toBeGreaterThan(first.fence);
    expect(await store.complete(key, first)).toBe("lost");
  });

  test("under 1,000 claims at once: one holder", async () => {
    const owners = Array.from({ length: 1_000 }, (_, i) => `owner ${i}`);
    const claims = owners.map((owner) => store.claim(key, owner, LEASE_MS));
    const evictions = [100, 500, 900].map(async (i) => {
      await claims[i]?.catch(() => {});
      await evict();
    });
    const told = await Promise.allSettled(claims);
    await Promise.all(evictions);

    // Some have had no answer. Asked again, they all get one, and it is the same one.
    const again: Claim[] = [];
    await actAtOnce(100, owners.length, async (i) => {
      again[i] = await store.claim(key, owners[i] as string, LEASE_MS);
    });
    expect(again.filter(({ state }) => state === "claimed")).toHaveLength(1);
    expect(again.filter(({ state }) => state === "pending")).toHaveLength(999);
    for (const [i, answer] of told.entries()) {
      if (answer.status === "fulfilled") expect([i, answer.value]).toEqual([i, again[i]]);
    }
  });
});

describe("the alarm", () => {
  test.each<[string, (holder: Holder) => unknown]>([
    ["done", (holder) => store.complete(key, holder)],
    ["released", (holder) => store.release(key, holder)],
    ["abandoned", () => {}],
    ["forgotten", (holder) => store.complete(key, holder).then(() => store.forget(key))],
  ])("deletes what is %s, once its retention is over", async (_, settle) => {
    const first = await take("me");
    await settle(first);
    const { alarmInMs } = await storage();
    expect(alarmInMs).toBeGreaterThan(RETENTION_MS);
    expect(alarmInMs).toBeLessThanOrEqual(RETENTION_MS + HOUR_MS);
    await onObject("elapseUntilAlarm", RETENTION_MS + HOUR_MS);
    expect(await storage()).toMatchObject({ keys: [], alarmInMs: null });
    // The object knows nothing of it any more.
    expect((await take("me")).fence).toBeGreaterThan(first.fence);
    expect((await storage()).alarmInMs).toBeGreaterThan(RETENTION_MS);
  });

  test("the alarm keeps an id that was used since, and comes again when its retention is over", async () => {
    await store.release(key, await take("me"));
    await onObject("elapse", 20 * DAY_MS);
    const holder = await take("you");
    expect(await store.complete(key, holder)).toBe("ok");
    await onObject("elapseUntilAlarm", 10 * DAY_MS + HOUR_MS);
    expect(await store.claim(key, "me", LEASE_MS)).toEqual({ state: "done" });
    const { alarmInMs } = await storage();
    expect(alarmInMs).toBeGreaterThan(20 * DAY_MS - 2 * HOUR_MS);
    expect(alarmInMs).toBeLessThan(20 * DAY_MS);
    await onObject("elapseUntilAlarm", 20 * DAY_MS);
    expect(await storage()).toMatchObject({ keys: [], alarmInMs: null });
  });

  test.each<[string, (holder: Holder) => unknown, (holder: Holder) => Promise<unknown>]>([
    ["renewed", () => {}, (holder) => store.renew(key, holder, LEASE_MS)],
    ["completed", () => {}, (holder) => store.complete(key, holder)],
    ["released", () => {}, (holder) => store.release(key, holder)],
    ["forgotten", (holder) => store.complete(key, holder), () => store.forget(key)],
  ])("keeps an id that was %s since for another retention", async (_, settle, use) => {
    const holder = await take("me");
    await settle(holder);
    await onObject("elapse", RETENTION_MS - HOUR_MS);
    expect(["ok", "forgotten"]).toContain(await use(holder));
    await onObject("elapseUntilAlarm", 2 * HOUR_MS);
    const { keys, alarmInMs } = await storage();
    expect(keys).toEqual(["row"]);
    expect(alarmInMs).toBeGreaterThan(RETENTION_MS - 3 * HOUR_MS);
  });

  test("with claims at the same time: no claim is left without an alarm", async () => {
    for (let round = 0; round < 20; round++) {
      key = { namespace: "test", id: randomUUID() };
      await store.complete(key, await take("me"));
      const rung = onObject("elapseUntilAlarm", RETENTION_MS + HOUR_MS);
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.claim(key, `owner ${i}`, LEASE_MS)),
      );
      await rung;
      const { keys, alarmInMs } = await storage();
      // All that came before the alarm were told "done".
      const isUsed = claims.some(({ state }) => state === "claimed");
      expect([keys.length, alarmInMs !== null]).toEqual([isUsed ? 1 : 0, isUsed]);
    }
  });

  test("finds the object after it had ended", async () => {
    await store.complete(key, await take("me"));
    await evict();
    await onObject("elapseUntilAlarm", RETENTION_MS + HOUR_MS);
    expect((await storage()).keys).toEqual([]);
  });
});

test("an alarm that cannot be set leaves no row", async () => {
  const beyondAllDates = 1e300;
  await expect(onObject("claim", "me", LEASE_MS, beyondAllDates)).rejects.toThrow();
  expect((await storage()).keys).toEqual([]);
  expect((await take("you")).fence).toBeGreaterThan(0);
  expect((await storage()).alarmInMs).not.toBeNull();
});

describe("an object that is set up wrong is misconfigured, and the error says what to change", () => {
  test.each<[StoreName, RegExp]>([
    ["Durable Object of another class", /a class other than MintfaxDedup/],
    ["Durable Object without SQLite", /new_sqlite_classes/],
  ])("%s", async (name, fix) => {
    const wrong = new RemoteStore(workerd, name);
    const error = await wrong.claim(key, "me", LEASE_MS).catch((rejected: Error) => rejected);
    expect(error).toMatchObject({ message: expect.stringMatching(/^StoreMisconfiguredError/) });
    expect(error).toMatchObject({ message: expect.stringMatching(fix) });
  });
});

describe("what an object stores", () => {
  test("is one value in 12 KiB, however long the id", async () => {
    key = { namespace: "mintfax", id: "x".repeat(256) };
    await store.complete(key, await take(`${randomUUID()}.1`));
    const { keys, databaseBytes } = await storage();
    expect(keys).toHaveLength(1);
    expect(databaseBytes).toBe(12 * 1_024);
  });

  test("is nothing, where it was only asked", async () => {
    const stranger = { owner: "me", fence: 1 };
    expect(await store.forget(key)).toBe("absent");
    expect(await store.renew(key, stranger, LEASE_MS)).toBe("lost");
    expect(await store.complete(key, stranger)).toBe("lost");
    expect(await store.release(key, stranger)).toBe("ok");
    expect(await storage()).toMatchObject({ keys: [], alarmInMs: null });
  });
});
