import type { DedupKey } from "@mintfax-webhooks/core/store";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { RedisCluster } from "test-support/redis-cluster";
import { HAS_REDIS } from "test-support/redis-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";
import { TestRedis } from "./support/test-redis.ts";

const LEASE_MS = 45_000;

async function idsOf(client: RedisClient, options: object = {}, namespace?: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of createRedisStore({ client, ...options }).pending(namespace)) {
    ids.push(`${key?.namespace} ${key?.id}`);
  }
  return ids.sort();
}

const KEYS: readonly DedupKey[] = [
  { namespace: "mintfax", id: "evt_1" },
  { namespace: "mintfax", id: "a:b*c?[d]" },
  { namespace: "mintfax\nworker", id: "evt_1" },
  { namespace: "other", id: "evt_1" },
  { namespace: "o*", id: "evt_2" },
];

describe("a server", () => {
  const server = new TestRedis();
  beforeEach(() => server.operator.flushall());

  test.each(Object.keys(CLIENTS))(
    "with %s, it lists what is held among a thousand keys, and no other application's",
    async (name) => {
      const { client, close } = connect(name, server.url);
      onTestFinished(() => close());
      await client.ping();
      const store = createRedisStore({ client, timeoutMs: 5_000 });
      for (const key of KEYS) await store.claim(key, "me", LEASE_MS);
      const done = await store.claim({ namespace: "mintfax", id: "done" }, "me", LEASE_MS);
      await store.complete(
        { namespace: "mintfax", id: "done" },
        { owner: "me", fence: "fence" in done ? done.fence : 0 },
      );
      await server.operator.mset(
        Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`mintfax:mintfax:old_${i}`, "D 1 0 me"])),
      );
      await server.operator.lpush("mintfax:mintfax:a-list", "theirs");
      await server.operator.set("mintfax:theirs", "P 1 2 me");
      await server.operator.set("mintfax:%E0%A4%A:theirs", "P 1 2 me");
      const all = KEYS.map(({ namespace, id }) => `${namespace} ${id}`).sort();
      expect(await idsOf(client)).toEqual(all);
      expect(await idsOf(client, {}, "mintfax")).toEqual(["mintfax a:b*c?[d]", "mintfax evt_1"]);
      expect(await idsOf(client, {}, "o*")).toEqual(["o* evt_2"]);
      expect(await idsOf(client, { keyPrefix: "elsewhere:" })).toEqual([]);
    },
  );

  test("it tells who has a claim, since when and until when", async () => {
    const store = createRedisStore({ client: server.operator });
    await store.claim({ namespace: "mintfax", id: "evt_1" }, "web-1/4711/t3k2j1/abc.1", LEASE_MS);
    for await (const claim of store.pending()) {
      expect(claim).toMatchObject({
        key: { namespace: "mintfax", id: "evt_1" },
        owner: "web-1/4711/t3k2j1/abc.1",
        claimedMs: claim.fence,
      });
      expect(claim.untilMs).toBeGreaterThan(claim.nowMs);
    }
    expect(await idsOf(server.operator)).toHaveLength(1);
  });

  test("a client of ioredis with a prefix of its own", async () => {
    const client = new Redis(server.url, { keyPrefix: "app:" });
    onTestFinished(() => client.disconnect());
    await createRedisStore({ client }).claim({ namespace: "mintfax", id: "evt_1" }, "me", LEASE_MS);
    expect(await server.operator.keys("*")).toEqual(["app:mintfax:mintfax:evt_1"]);
    expect(await idsOf(client)).toEqual(["mintfax evt_1"]);
  });

  test.each([[null], [["0"]], ["OK"], [["0", "x"]]])(
    "a client that answers with %j is unavailable",
    async (answer) => {
      const client = { evalsha: async () => 1, eval: async () => 1, call: async () => answer } as RedisClient;
      await expect(idsOf(client)).rejects.toMatchObject({ code: "store_unavailable" });
    },
  );
});

describe.skipIf(!HAS_REDIS)("a cluster (needs redis-server)", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  });
  afterAll(() => cluster.stop());

  test.each<[string, () => Promise<[RedisClient, () => unknown]>]>([
    [
      "ioredis",
      async () => {
        const client = new Cluster([...cluster.urls]);
        await client.get("x");
        return [client, () => client.disconnect()];
      },
    ],
    [
      "node-redis",
      async () => {
        const client = await createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) }).connect();
        return [client as RedisClient, () => client.destroy()];
      },
    ],
  ])("with %s, all primaries are looked at", async (name, open) => {
    const [client, close] = await open();
    onTestFinished(() => void close());
    const keyPrefix = `${name}:`;
    const store = createRedisStore({ client, keyPrefix, timeoutMs: 5_000 });
    const ids = Array.from({ length: 50 }, (_, i) => `evt_${i}`);
    for (const id of ids) await store.claim({ namespace: "mintfax", id }, "me", LEASE_MS);
    expect(await idsOf(client, { keyPrefix })).toEqual(ids.map((id) => `mintfax ${id}`).sort());
  });
});
