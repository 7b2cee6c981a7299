import { setImmediate as endOfTurn } from "node:timers/promises";
import type { LeaseStore } from "@mintfax-webhooks/core";
import type { Claim } from "@mintfax-webhooks/core/store";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";
import { type HeldCall, holdableClient } from "./support/holdable-client.ts";
import { OLDER } from "./support/older-scripts.ts";
import { TestRedis } from "./support/test-redis.ts";

const LEASE_MS = 45_000;
const keyOf = (id: string) => ({ namespace: "test", id });
const nameOf = (id: string) => `mintfax:test:${id}`;
const idsFrom = (count: number) => Array.from({ length: count }, (_, i) => `evt_${i}`);

const server = new TestRedis();
beforeEach(async () => {
  await server.operator.flushall();
});

/** Over a client of its own. */
function storeOf(clientName: string, url: string = server.url): LeaseStore {
  const { client, close } = connect(clientName, url);
  onTestFinished(close);
  return createRedisStore({ client });
}

/** Until the store has sent what it sends at the end of a turn. */
async function turn(): Promise<void> {
  await endOfTurn();
  await endOfTurn();
}

/** Two batches are under way at once: what is asked for behind these two shares one. */
function occupyLanes(store: LeaseStore): Promise<unknown> {
  return Promise.all(["lane 1", "lane 2"].map((id) => store.claim(keyOf(id), id, LEASE_MS)));
}

/** As the answers of a batch: a value, or the code of the error. */
async function outcomes(calls: readonly PromiseLike<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((each) => (each.status === "fulfilled" ? each.value : each.reason.code));
}

function claimAll(store: LeaseStore, owner: string, ids: readonly string[]): Promise<Claim>[] {
  return ids.map((id) => Promise.resolve(store.claim(keyOf(id), owner, LEASE_MS)));
}

describe("what shares a call", () => {
  test("a step that is alone is sent at once", async () => {
    const { client, calls } = holdableClient();
    const claim = createRedisStore({ client }).claim(keyOf("evt_1"), "me", LEASE_MS);
    expect(calls).toHaveLength(1);
    calls[0]?.open(1);
    await claim;
  });

  test("all that one turn asks for, in its order, with two calls under way at most", async () => {
    const { client, calls } = holdableClient();
    const store = createRedisStore({ client });
    const answers = [
      store.claim(keyOf("1"), "me", LEASE_MS),
      store.renew(keyOf("2"), { owner: "me", fence: 7 }, LEASE_MS),
      store.complete(keyOf("3"), { owner: "me", fence: 8 }),
      store.release(keyOf("4"), { owner: "me", fence: 9 }),
      store.forget(keyOf("5")),
      store.claim(keyOf("6"), "me", LEASE_MS),
    ];
    await turn();
    expect(calls.map(({ asked }) => asked)).toEqual([["C45000"], ["N7 45000"]]);
    calls[0]?.open(1);
    await turn();
    expect(calls.map(({ asked }) => asked).slice(2)).toEqual([["D8", "R9", "F", "C45000"]]);
    expect(calls[2]?.keys).toEqual(["3", "4", "5", "6"].map(nameOf));
    calls[1]?.open(0);
    calls[2]?.open([1, 1, -1, 12]);
    expect(await Promise.all(answers)).toEqual([
      { state: "claimed", fence: 1 },
      "lost",
      "ok",
      "ok",
      "pending",
      { state: "claimed", fence: 12 },
    ]);
  });

  test("a call carries batchMax steps at most", async () => {
    const { client, calls } = holdableClient();
    const store = createRedisStore({ client, batchMax: 10 });
    const claims = claimAll(store, "me", idsFrom(37));
    const sizes: number[] = [];
    for (let at = 0; sizes.reduce((sum, size) => sum + size, 0) < 37; at += 1) {
      await turn();
      const { keys, open } = calls[at] as HeldCall;
      sizes.push(keys.length);
      open(keys.length === 1 ? 5 : keys.map(() => 5));
    }
    expect(sizes).toEqual([1, 1, 10, 10, 10, 5]);
    expect(await Promise.all(claims)).toEqual(idsFrom(37).map(() => ({ state: "claimed", fence: 5 })));
  });

  test("with batchMax 1, every step is a call of its own, however many are under way", async () => {
    const { client, calls } = holdableClient();
    const claims = claimAll(createRedisStore({ client, batchMax: 1 }), "me", idsFrom(20));
    await turn();
    expect(calls.map(({ keys }) => keys.length)).toEqual(idsFrom(20).map(() => 1));
    for (const { open } of calls) open(1);
    await Promise.all(claims);
  });

  test("stores with another prefix on the same client share no call", async () => {
    const { client } = connect("ioredis 6", server.url);
    onTestFinished(() => (client as Redis).disconnect());
    const one = createRedisStore({ client, keyPrefix: "one:" });
    const two = createRedisStore({ client, keyPrefix: "two:" });
    const claims = [...claimAll(one, "me", idsFrom(20)), ...claimAll(two, "you", idsFrom(20))];
    for (const { state } of await Promise.all(claims)) expect(state).toBe("claimed");
  });
});

describe("the time limit", () => {
  const TIMEOUT_MS = 2_000;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Until the callers of what was asked for by now have given up. */
  async function timeout(): Promise<void> {
    vi.advanceTimersByTime(TIMEOUT_MS);
    await turn();
  }

  test("what has waited for a call of its own until then was never sent; the next ones are", async () => {
    const { client, calls } = holdableClient();
    const store = createRedisStore({ client });
    const given = outcomes(claimAll(store, "me", idsFrom(4)));
    await turn();
    await timeout();
    expect(await given).toEqual(Array(4).fill("store_unavailable"));
    expect(calls).toHaveLength(2);
    // Calls that hang do not hold up what comes after them.
    const next = store.claim(keyOf("evt_4"), "me", LEASE_MS);
    await turn();
    expect(calls.map(({ keys }) => keys).slice(2)).toEqual([[nameOf("evt_4")]]);
    calls[2]?.open(7);
    expect(await next).toEqual({ state: "claimed", fence: 7 });
  });

  test("it counts from the call, not from when it was sent", async () => {
    const { client, calls } = holdableClient();
    const store = createRedisStore({ client });
    const lanes = outcomes(claimAll(store, "me", idsFrom(2)));
    vi.advanceTimersByTime(TIMEOUT_MS / 2);
    const given = outcomes(claimAll(store, "me", ["evt_2"]));
    await turn();
    vi.advanceTimersByTime(TIMEOUT_MS / 2);
    expect(await lanes).toEqual(Array(2).fill("store_unavailable"));
    await turn();
    expect(calls[2]?.keys).toEqual([nameOf("evt_2")]);
    vi.advanceTimersByTime(TIMEOUT_MS / 2);
    expect(await given).toEqual(["store_unavailable"]);
  });

  describe("a claim that came through although its caller was told that Redis is unreachable", () => {
    test("is given back, and the others of its call are not", async () => {
      const { client, calls } = holdableClient();
      const given = outcomes(claimAll(createRedisStore({ client }), "me", idsFrom(5)));
      await turn();
      calls[0]?.open(1);
      calls[1]?.open(2);
      await turn();
      expect(calls[2]?.keys).toHaveLength(3);
      await timeout();
      expect((await given).slice(2)).toEqual(Array(3).fill("store_unavailable"));
      calls[2]?.open([11, 0, -1]);
      await turn();
      expect(calls.flatMap(({ asked }) => asked).slice(5)).toEqual(["R11"]);
    });

    /** The owner asks again while two other calls are under way, so that its second claim waits. */
    async function twice() {
      const { client, calls } = holdableClient();
      const store = createRedisStore({ client });
      const first = outcomes(claimAll(store, "me", ["evt_1"]));
      await timeout();
      expect(await first).toEqual(["store_unavailable"]);
      const others = outcomes(claimAll(store, "you", ["evt_2", "evt_3"]));
      const second = outcomes(claimAll(store, "me", ["evt_1"]));
      await turn();
      expect(calls).toHaveLength(3);
      return { calls, others, second, asked: () => calls.flatMap((call) => call.asked).slice(3) };
    }
    const CLAIMED_7 = [{ state: "claimed", fence: 7 }];

    test("is not while the same owner's next claim waits, which then stands for it", async () => {
      const { calls, second, asked } = await twice();
      calls[0]?.open(7);
      await turn();
      expect(asked()).toEqual([]);
      calls[1]?.open(8);
      await turn();
      expect(asked()).toEqual(["C45000"]);
      calls[2]?.open(9);
      calls[3]?.open(7);
      expect(await second).toEqual(CLAIMED_7);
      await turn();
      expect(asked()).toEqual(["C45000"]);
    });

    test("is not after the same owner's next claim was granted, over another connection", async () => {
      const { calls, second, asked } = await twice();
      calls[1]?.open(8);
      await turn();
      calls[3]?.open(7);
      expect(await second).toEqual(CLAIMED_7);
      calls[0]?.open(7);
      calls[2]?.open(9);
      await turn();
      expect(asked()).toEqual(["C45000"]);
    });

    test("is not where that owner has claimed other ids in between", async () => {
      const { client, calls } = holdableClient();
      const store = createRedisStore({ client });
      const late = outcomes(claimAll(store, "me", idsFrom(2)));
      await timeout();
      expect(await late).toEqual(Array(2).fill("store_unavailable"));
      const again = outcomes(claimAll(store, "me", idsFrom(2)));
      await turn();
      calls[2]?.open(7);
      calls[3]?.open(8);
      await again;
      calls[0]?.open(7);
      calls[1]?.open(8);
      await turn();
      expect(calls.map(({ asked }) => asked)).toEqual(Array(4).fill(["C45000"]));
    });

    test("is if the same owner's next claim was given up on before it was sent", async () => {
      const { calls, others, second, asked } = await twice();
      calls[0]?.open(7);
      await timeout();
      expect([...(await others), ...(await second)]).toEqual(Array(3).fill("store_unavailable"));
      await turn();
      expect(asked()).toEqual(["R7"]);
    });
  });
});

describe.each(Object.keys(CLIENTS))("%s", (clientName) => {
  test("500 events at once are claimed and completed, in far fewer calls", async () => {
    const store = storeOf(clientName);
    await server.operator.config("RESETSTAT").catch(() => {});
    const ids = idsFrom(500);
    const claims = await Promise.all(claimAll(store, "me", ids));
    const fences = claims.map((claim) => (claim.state === "claimed" ? claim.fence : 0));
    expect(Math.min(...fences)).toBeGreaterThan(0);
    const settled = ids.map((id, i) =>
      store.complete(keyOf(id), { owner: "me", fence: fences[i] as number }),
    );
    expect(new Set(await Promise.all(settled))).toEqual(new Set(["ok"]));
    for (const claim of await Promise.all(claimAll(store, "you", ids))) expect(claim.state).toBe("done");
    if (!HAS_REDIS) return;
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await server.operator.info("commandstats"))?.[1]);
    // One by one it would be 1,500. The last batch of each kind is small.
    expect(calls).toBeLessThan(60);
  });

  test("the same id twice in a call: one claim is granted, the other is pending", async () => {
    const store = storeOf(clientName);
    const lanes = occupyLanes(store);
    const [mine, yours, again] = await Promise.all([
      store.claim(keyOf("evt_1"), "me", LEASE_MS),
      store.claim(keyOf("evt_1"), "you", LEASE_MS),
      store.claim(keyOf("evt_1"), "me", LEASE_MS),
    ]);
    await lanes;
    expect(mine.state).toBe("claimed");
    expect(yours).toEqual({ state: "pending" });
    expect(again).toEqual(mine);
  });

  test("what one call asks of a key happens in the order in which it was asked for", async () => {
    const store = storeOf(clientName);
    const claim = await store.claim(keyOf("evt_1"), "me", LEASE_MS);
    if (claim.state !== "claimed") throw new Error(claim.state);
    const holder = { owner: "me", fence: claim.fence };
    const lanes = occupyLanes(store);
    const answers = await Promise.all([
      store.renew(keyOf("evt_1"), holder, LEASE_MS),
      store.release(keyOf("evt_1"), holder),
      store.claim(keyOf("evt_1"), "you", LEASE_MS),
      store.complete(keyOf("evt_1"), holder),
      store.forget(keyOf("evt_1")),
    ]);
    await lanes;
    expect(answers[0]).toBe("ok");
    expect(answers[1]).toBe("ok");
    expect(answers[2]).toMatchObject({ state: "claimed" });
    expect((answers[2] as { fence: number }).fence).toBeGreaterThan(claim.fence);
    expect(answers.slice(3)).toEqual(["lost", "pending"]);
  });

  // Threat: T14
  test("a key of another application is misconfigured, and the others of its call are not", async () => {
    const store = storeOf(clientName);
    await server.operator.lpush(nameOf("evt_1"), "a list of another application");
    await server.operator.set(nameOf("evt_2"), "text of another application");
    const lanes = occupyLanes(store);
    const answers = await outcomes([
      ...claimAll(store, "me", idsFrom(5)),
      Promise.resolve(store.complete(keyOf("evt_1"), { owner: "me", fence: 1 })),
    ]);
    await lanes;
    const claimed = expect.objectContaining({ state: "claimed" });
    const misconfigured = "store_misconfigured";
    expect(answers).toEqual([claimed, misconfigured, misconfigured, claimed, claimed, misconfigured]);
    expect(await server.operator.get(nameOf("evt_2"))).toBe("text of another application");
  });

  test("a server that has forgotten the script is told it again, once for a whole call", async () => {
    const store = storeOf(clientName);
    await Promise.all(claimAll(store, "me", idsFrom(20)));
    await server.operator.script("FLUSH");
    const lanes = occupyLanes(store);
    const answers = await Promise.all(claimAll(store, "me", idsFrom(20)));
    await lanes;
    for (const { state } of answers) expect(state).toBe("claimed");
  });

  test("two processes that claim the same ids in other orders: each id once", async () => {
    const [one, two] = [storeOf(clientName), storeOf(clientName)];
    const ids = idsFrom(300);
    const reversed = ids.toReversed();
    const [first, second] = await Promise.all([
      Promise.all(claimAll(one, "one", ids)),
      Promise.all(claimAll(two, "two", reversed)),
    ]);
    const granted = (claims: readonly Claim[], of: readonly string[]) =>
      of.filter((_, i) => claims[i]?.state === "claimed");
    expect([...granted(first, ids), ...granted(second, reversed)].sort()).toEqual(ids.toSorted());
  });
});

describe("an older process beside a newer one", () => {
  /** A step by a process that runs the scripts of before. */
  const older = (step: keyof typeof OLDER, id: string, ...args: readonly string[]) =>
    server.operator.eval(OLDER[step], 1, nameOf(id), "604800000", ...args);

  test("what the older one has written is read by the newer one", async () => {
    const store = storeOf("ioredis 6");
    const fences = await Promise.all(
      idsFrom(3).map((id) => older("claim", id, "older", String(LEASE_MS)) as Promise<number>),
    );
    expect(await older("complete", "evt_1", "older", String(fences[1]))).toBe(1);
    expect(await older("release", "evt_2", "older", String(fences[2]))).toBe(1);
    const lanes = occupyLanes(store);
    expect(await Promise.all(claimAll(store, "newer", idsFrom(3)))).toEqual([
      { state: "pending" },
      { state: "done" },
      { state: "claimed", fence: expect.any(Number) },
    ]);
    await lanes;
    // The same delivery, after its process was replaced.
    expect(await store.complete(keyOf("evt_0"), { owner: "older", fence: fences[0] as number })).toBe("ok");
  });

  test("what the newer one has written is read by the older one", async () => {
    const store = storeOf("ioredis 6");
    const claims = await Promise.all(claimAll(store, "newer", idsFrom(4)));
    const holders = claims.map((claim) => {
      if (claim.state !== "claimed") throw new Error(claim.state);
      return { owner: "newer", fence: claim.fence };
    });
    const holderOf = (i: number) => holders[i] as (typeof holders)[number];
    await store.complete(keyOf("evt_1"), holderOf(1));
    await store.release(keyOf("evt_2"), holderOf(2));
    await store.renew(keyOf("evt_3"), holderOf(3), LEASE_MS);
    const asked = await Promise.all(idsFrom(4).map((id) => older("claim", id, "older", String(LEASE_MS))));
    expect(asked).toEqual([0, -1, expect.any(Number), 0]);
    expect(asked[2]).toBeGreaterThan(holderOf(2).fence);
    expect(await older("complete", "evt_3", "newer", String(holderOf(3).fence))).toBe(1);
  });
});

test.each([2, 3] as const)("a client of node-redis that speaks RESP%i", async (RESP) => {
  const client = await createClient({ url: server.url, RESP })
    .on("error", () => {})
    .connect();
  onTestFinished(() => client.destroy());
  const store = createRedisStore({ client: client as unknown as RedisClient });
  await server.operator.lpush(nameOf("evt_3"), "a list of another application");
  const answers = await outcomes(claimAll(store, "me", idsFrom(6)));
  const claimed = expect.objectContaining({ state: "claimed" });
  expect(answers).toEqual([claimed, claimed, claimed, "store_misconfigured", claimed, claimed]);
});

test("a test of an application that has replaced the global timers", async () => {
  const store = storeOf("ioredis 6");
  await store.claim(keyOf("warm"), "me", LEASE_MS);
  vi.useFakeTimers({ toFake: ["setImmediate", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  for (const { state } of await Promise.all(claimAll(store, "me", idsFrom(20))))
    expect(state).toBe("claimed");
});

test("a client that hands out integers as strings", async () => {
  const client = new Redis(server.url, { stringNumbers: true });
  onTestFinished(() => client.disconnect());
  const store = createRedisStore({ client });
  for (const claim of await Promise.all(claimAll(store, "me", idsFrom(10)))) {
    expect(claim).toEqual({ state: "claimed", fence: expect.any(Number) });
  }
});

test.each<[string, unknown]>([
  ["fewer answers than keys", [1]],
  ["more answers than keys", [1, 1, 1, 1]],
  ["one answer for all", 1],
  ["QUEUED", "QUEUED"],
  ["nothing", null],
  [
    "a list that cannot be read",
    new Proxy([1, 1, 1], {
      get(list, name) {
        if (name === "0") throw new Error("broken getter");
        return Reflect.get(list, name);
      },
    }),
  ],
])("%s: the whole call is unavailable", async (_, answer) => {
  const { client, calls } = holdableClient();
  const claims = claimAll(createRedisStore({ client }), "me", idsFrom(5));
  await turn();
  calls[0]?.open(1);
  await turn();
  calls[2]?.open(answer);
  calls[1]?.open(1);
  const claimed = expect.objectContaining({ state: "claimed" });
  expect(await outcomes(claims)).toEqual([claimed, claimed, ...Array(3).fill("store_unavailable")]);
});

test("one answer that the script cannot give: its step alone is unavailable", async () => {
  const { client, calls } = holdableClient();
  const claims = claimAll(createRedisStore({ client }), "me", idsFrom(6));
  await turn();
  calls[0]?.open(1);
  calls[1]?.open(1);
  await turn();
  calls[2]?.open([1, -2, null, 3]);
  const claimed = expect.objectContaining({ state: "claimed" });
  const unavailable = "store_unavailable";
  expect(await outcomes(claims)).toEqual([claimed, claimed, claimed, unavailable, unavailable, claimed]);
});

test("the error of a key, as Redis 6 words it in a script, is understood", async () => {
  let connects = 0;
  const { client, calls } = holdableClient();
  Object.assign(client, { status: "ready", disconnect: () => (connects += 1) });
  const claim = createRedisStore({ client }).claim(keyOf("evt_1"), "me", LEASE_MS);
  calls[0]?.open("@user_script: 31: -READONLY You can't write against a read only slave.\r\n");
  await expect(claim).rejects.toMatchObject({
    code: "store_unavailable",
    message: expect.stringContaining("failed: READONLY"),
  });
  expect(connects).toBe(1);
});

// Access rules, memory limits, replicas and cluster nodes: only a real Redis has them.
describe.runIf(HAS_REDIS).each(["ioredis 6", "redis 6"])("%s (needs redis-server)", (clientName) => {
  async function started(...options: readonly string[]): Promise<{ redis: RedisServer; admin: Redis }> {
    const redis = await RedisServer.start(...options);
    onTestFinished(() => redis.stop());
    const admin = new Redis(redis.url);
    onTestFinished(() => admin.disconnect());
    return { redis, admin };
  }

  test("a key that the user may not touch does not take the others of its call with it", async () => {
    const { redis, admin } = await started();
    await admin.acl("SETUSER", "some", "on", "nopass", "~mintfax:test:evt_[0-4]", "~*lane*", "+@all");
    const url = redis.url.replace("redis://", "redis://some:any@");
    const answers = await outcomes(claimAll(storeOf(clientName, url), "me", idsFrom(8)));
    const claimed = expect.objectContaining({ state: "claimed" });
    expect(answers).toEqual([...Array(5).fill(claimed), ...Array(3).fill("store_misconfigured")]);
  });

  test("a full server: what is done stays known, and the others are unavailable", async () => {
    const { redis, admin } = await started("--maxmemory-policy", "noeviction");
    const store = storeOf(clientName, redis.url);
    const [claim] = await Promise.all(claimAll(store, "me", ["evt_1"]));
    if (claim?.state !== "claimed") throw new Error("not claimed");
    await store.complete(keyOf("evt_1"), { owner: "me", fence: claim.fence });
    await admin.config("SET", "maxmemory", "1");
    const lanes = outcomes(claimAll(store, "me", ["lane 1", "lane 2"]));
    const answers = await outcomes(claimAll(store, "you", idsFrom(3)));
    expect(answers).toEqual(["store_unavailable", { state: "done" }, "store_unavailable"]);
    expect(await lanes).toEqual(Array(2).fill("store_unavailable"));
  });

  test("a primary that has become a replica: what is done stays known, and the others are unavailable", async () => {
    const { redis, admin } = await started();
    const store = storeOf(clientName, redis.url);
    const [claim] = await Promise.all(claimAll(store, "me", ["evt_1"]));
    if (claim?.state !== "claimed") throw new Error("not claimed");
    await store.complete(keyOf("evt_1"), { owner: "me", fence: claim.fence });
    await admin.replicaof("127.0.0.1", "1");
    await admin.config("SET", "replica-serve-stale-data", "yes");
    const answers = await outcomes(claimAll(store, "you", ["evt_1", ...idsFrom(3)]));
    expect(answers.slice(0, 1)).toEqual([{ state: "done" }]);
    expect(answers.slice(1, 2)).toEqual(["store_unavailable"]);
    await admin.replicaof("NO", "ONE");
    await vi.waitFor(
      async () =>
        expect(await store.claim(keyOf("evt_0"), "you", LEASE_MS)).toMatchObject({ state: "claimed" }),
      30_000,
    );
  });

  test("a node of a cluster behind a client for one server: all claims are granted, one key a call", async () => {
    const { redis, admin } = await started("--cluster-enabled", "yes");
    await admin.cluster("ADDSLOTSRANGE", 0, 16_383);
    await vi.waitFor(async () => expect(await admin.cluster("INFO")).toContain("cluster_state:ok"), 30_000);
    const store = storeOf(clientName, redis.url);
    for (const { state } of await Promise.all(claimAll(store, "me", idsFrom(50)))) {
      expect(state).toBe("claimed");
    }
    for (const { state } of await Promise.all(claimAll(store, "you", idsFrom(50)))) {
      expect(state).toBe("pending");
    }
  });

  test("a frozen server: claims of a call that came through late are all given back", async () => {
    const { redis } = await started();
    const { client, close } = connect(clientName, redis.url);
    onTestFinished(close);
    await client.ping();
    const store = createRedisStore({ client, timeoutMs: 1_000 });
    redis.pause();
    expect(await outcomes(claimAll(store, "too late", idsFrom(100)))).toEqual(
      Array(100).fill("store_unavailable"),
    );
    redis.resume();
    const next = createRedisStore({ client });
    await vi.waitFor(
      async () => {
        const answers = await Promise.all(claimAll(next, "next", idsFrom(100)));
        expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(["claimed"]));
      },
      { timeout: 30_000 },
    );
  });

  test("closed by the application while calls are under way: all are unavailable at once", async () => {
    const { redis } = await started();
    const { client, close } = connect(clientName, redis.url);
    await client.ping();
    const store = createRedisStore({ client, timeoutMs: 5_000 });
    redis.pause();
    const claims = claimAll(store, "me", idsFrom(20));
    await turn();
    await close();
    redis.resume();
    expect(await outcomes(claims)).toEqual(Array(20).fill("store_unavailable"));
  });
});
