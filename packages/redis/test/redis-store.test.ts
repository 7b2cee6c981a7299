import type { LeaseStore } from "@mintfax-webhooks/core";
import { createRedisStore, type RedisClient, type RedisStoreOptions } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClientPool } from "redis";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { connect } from "./support/clients.ts";

const LEASE_MS = 45_000;
const HOUR_MS = 3_600_000;
const key = { namespace: "test", id: "evt_1" };

let server: TestServer;
let redis: Redis;
beforeAll(async () => {
  server = await startServer();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
});

/** A store over a client of its own. */
function storeOf(clientName: string, options: Omit<RedisStoreOptions, "client"> = {}): LeaseStore {
  const { client, close } = connect(clientName, server.url);
  onTestFinished(close);
  return createRedisStore({ client, ...options });
}

async function claimed(store: LeaseStore, owner = "me", of = key) {
  const claim = await store.claim(of, owner, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  return { owner, fence: claim.fence };
}

/** Records what reaches a client, as it is called. */
function recording<Client extends object>(client: Client): { client: Client; calls: string[] } {
  const calls: string[] = [];
  const recorded = new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { client: recorded, calls };
}

describe.each(["ioredis 6", "redis 6"])("%s", (clientName) => {
  test("two calls for a processed delivery, one for a duplicate; the text of a script is sent once per server", async () => {
    const { client, close } = connect(clientName, server.url);
    onTestFinished(close);
    await createRedisStore({ client }).forget(key);
    await redis.script("FLUSH");
    const { client: recorded, calls } = recording(client);
    const store = createRedisStore({ client: recorded as RedisClient });
    const run = async (id: string) => {
      calls.length = 0;
      const of = { namespace: "test", id };
      await store.complete(of, await claimed(store, "me", of));
      await store.claim(of, "you", LEASE_MS);
      return calls.map((call) => call.toLowerCase());
    };
    expect(await run("first")).toEqual(["evalsha", "eval", "evalsha", "evalsha"]);
    expect(await run("second")).toEqual(["evalsha", "evalsha", "evalsha"]);
  });

  test("a server that has forgotten the scripts is told them again", async () => {
    const store = storeOf(clientName);
    const holder = await claimed(store);
    await redis.script("FLUSH");
    expect(await store.renew(key, holder, LEASE_MS)).toBe("ok");
    expect(await store.complete(key, holder)).toBe("ok");
  });

  test("an error of the server is not answered with a second try", async () => {
    const { client, close } = connect(clientName, server.url);
    onTestFinished(close);
    const { client: recorded, calls } = recording(client);
    const store = createRedisStore({ client: recorded as RedisClient });
    await claimed(store);
    await redis.del("mintfax:test:evt_1");
    await redis.lpush("mintfax:test:evt_1", "a list of another application");
    calls.length = 0;
    await expect(store.claim(key, "me", LEASE_MS)).rejects.toThrow("WRONGTYPE");
    expect(calls.filter((call) => call !== "on")).toHaveLength(1);
  });

  // Threat: T14
  test("a key of another application is not changed", async () => {
    await redis.set("mintfax:test:evt_1", "text of another application");
    const store = storeOf(clientName);
    const expected = { code: "store_misconfigured", message: expect.stringMatching(/^A key .* keyPrefix/) };
    await expect(store.claim(key, "me", LEASE_MS)).rejects.toMatchObject(expected);
    await expect(store.forget(key)).rejects.toMatchObject(expected);
    expect(await redis.get("mintfax:test:evt_1")).toBe("text of another application");
  });
});

describe("what is stored", () => {
  test("one key per event, with prefix, namespace and id, and nothing else", async () => {
    const store = storeOf("ioredis 6", { keyPrefix: "clinic/" });
    await claimed(store, "me", { namespace: "faxes: in & out", id: "evt_1" });
    expect(await redis.keys("*")).toEqual(["clinic/faxes%3A%20in%20%26%20out:evt_1"]);
  });

  test("the fence of a new id is the time of Redis, in milliseconds, in every part of a second", async () => {
    const store = storeOf("ioredis 6");
    const time = async () => {
      const [seconds, micros] = (await redis.time()).map(Number) as [number, number];
      return seconds * 1_000 + Math.floor(micros / 1_000);
    };
    // Microseconds have fewer digits in the first tenth.
    for (let i = 0, tenths = new Set<number>(); tenths.size < 10; i += 1) {
      const beforeMs = await time();
      const { fence } = await claimed(store, "me", { namespace: "test", id: `evt_${i}` });
      expect(fence).toBeGreaterThanOrEqual(beforeMs);
      expect(fence).toBeLessThanOrEqual(await time());
      expect(await redis.get(`mintfax:test:evt_${i}`)).toBe(`P ${fence} ${fence + LEASE_MS} me`);
      tenths.add(Math.floor((fence % 1_000) / 100));
    }
  });

  test("in every state it expires after the retention", async () => {
    const store = storeOf("ioredis 6", { retentionMs: 2 * HOUR_MS });
    const expectRetained = async () => {
      // It has begun to run down, by less than any test takes.
      const leftMs = await redis.pttl("mintfax:test:evt_1");
      expect(leftMs).toBeGreaterThan(HOUR_MS);
      expect(leftMs).toBeLessThanOrEqual(2 * HOUR_MS);
    };
    const first = await claimed(store);
    await expectRetained();
    await store.renew(key, first, LEASE_MS);
    await expectRetained();
    await store.release(key, first);
    await expectRetained();
    await store.complete(key, await claimed(store));
    await expectRetained();
    await store.forget(key);
    await expectRetained();
  });

  test("the retention is 7 days by default", async () => {
    await claimed(storeOf("redis 6"));
    const leftMs = await redis.pttl("mintfax:test:evt_1");
    expect(Math.round(leftMs / HOUR_MS)).toBe(7 * 24);
  });

  test("the fence grows even over a loss of everything", async () => {
    const store = storeOf("ioredis 6");
    const before = await claimed(store);
    await redis.flushall();
    expect((await claimed(store, "next")).fence).toBeGreaterThanOrEqual(before.fence);
  });

  test("the fence grows even if the server's clock was set back", async () => {
    const store = storeOf("ioredis 6");
    const future = 9_000_000_000_000;
    await redis.set("mintfax:test:evt_1", `R ${future} 0 `);
    expect((await claimed(store)).fence).toBe(future + 1);
  });

  test("a lease of a fraction of a millisecond", async () => {
    const store = storeOf("ioredis 6");
    const claim = await store.claim(key, "me", 45_000.5);
    if (claim.state !== "claimed") throw new Error(claim.state);
    expect(await store.renew(key, { owner: "me", fence: claim.fence }, 0.1)).toBe("ok");
  });

  test("a retention of a fraction of a millisecond is refused", () => {
    expect(() => storeOf("ioredis 6", { retentionMs: HOUR_MS + 0.5 })).toThrow(
      expect.objectContaining({ code: "option_out_of_bounds" }),
    );
  });
});

test("integers as strings, as a client may be set to hand them out", async () => {
  const client = new Redis(server.url, { stringNumbers: true });
  onTestFinished(() => client.disconnect());
  const store = createRedisStore({ client });
  const holder = await claimed(store);
  expect(holder.fence).toBeTypeOf("number");
  expect(await store.complete(key, holder)).toBe("ok");
  expect(await store.claim(key, "next", LEASE_MS)).toEqual({ state: "done" });
});

test("the client's own key prefix comes first", async () => {
  const client = new Redis(server.url, { keyPrefix: "own:" });
  onTestFinished(() => client.disconnect());
  await claimed(createRedisStore({ client }));
  expect(await redis.keys("*")).toEqual(["own:mintfax:test:evt_1"]);
});

test("100 claims in one automatic pipeline: one is granted", async () => {
  const client = new Redis(server.url, { enableAutoPipelining: true });
  onTestFinished(() => client.disconnect());
  await redis.script("FLUSH");
  const store = createRedisStore({ client });
  const claims = await Promise.all(
    Array.from({ length: 100 }, (_, i) => store.claim(key, `owner ${i}`, LEASE_MS)),
  );
  expect(claims.filter(({ state }) => state === "claimed")).toHaveLength(1);
});

test("a pool of node-redis", async () => {
  const pool = createClientPool({ url: server.url }, { minimum: 2 });
  await pool.connect();
  onTestFinished(() => pool.destroy());
  const store = createRedisStore({ client: pool });
  await store.complete(key, await claimed(store));
  expect(await store.claim(key, "next", LEASE_MS)).toEqual({ state: "done" });
});

describe("options that cannot work", () => {
  const outOfBounds: readonly Omit<RedisStoreOptions, "client">[] = [
    { retentionMs: HOUR_MS - 1 },
    { retentionMs: 1e300 },
    { retentionMs: "7 days" as unknown as number },
    { retentionMs: Number.POSITIVE_INFINITY },
    { timeoutMs: 0 },
    { timeoutMs: 5_001 },
    { timeoutMs: Number.NaN },
    { waitReplicas: -1 },
    { waitReplicas: 0.5 },
    { waitReplicas: 1, waitTimeoutMs: 0 },
    { waitReplicas: 1, timeoutMs: 100, waitTimeoutMs: 101 },
    { keyPrefix: 1 as unknown as string },
  ];
  test.each(outOfBounds)("%o", (options) => {
    expect(() => createRedisStore({ client: redis, ...options })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code: "option_out_of_bounds" }),
    );
  });

  test.each([
    [{ keyprefix: "x" }, /"keyprefix" is not an option .* keyPrefix\?/],
    [{ retentionMs: undefined }, /retentionMs is undefined/],
  ])("%o is named", (options, message) => {
    expect(() => createRedisStore({ client: redis, ...(options as object) })).toThrow(message);
  });

  test.each([undefined, null, "redis://127.0.0.1", {}, { get() {} }])("%o as a client", (client) => {
    expect(() => createRedisStore({ client: client as unknown as RedisClient })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code: "store_invalid" }),
    );
  });
});
