import type { LeaseStore } from "@mintfax-webhooks/core";
import { createRedisStore, type RedisStoreOptions } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createCluster } from "redis";
import { RedisCluster } from "test-support/redis-cluster";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { connect } from "./support/clients.ts";

// Replication, clusters, frozen and killed servers: only a real Redis has them.
const describeReal = describe.runIf(HAS_REDIS);

const LEASE_MS = 45_000;
const key = { namespace: "test", id: "evt_1" };

/** A store over a client of its own, which is connected by now. */
async function storeOf(
  clientName: string,
  url: string,
  options: Omit<RedisStoreOptions, "client"> = {},
): Promise<LeaseStore> {
  const { client, close } = connect(clientName, url);
  onTestFinished(close);
  await client.ping();
  return createRedisStore({ client, ...options });
}

async function started(...options: readonly string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(...options);
  onTestFinished(() => redis.stop());
  return redis;
}

async function claimed(store: LeaseStore, owner = "me", of = key) {
  const claim = await store.claim(of, owner, LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  return { owner, fence: claim.fence };
}

describeReal.each(["ioredis 6", "redis 6"])("%s (needs redis-server)", (clientName) => {
  test("a server that is unreachable: a claim is given up on, and is not sent once the server is back", async () => {
    const redis = await started();
    const { client, close } = connect(clientName, redis.url);
    onTestFinished(close);
    await client.ping();
    const store = createRedisStore({ client, timeoutMs: 100 });
    await redis.kill();
    // A client that has not noticed yet sends the claim, and may send it again once it is connected.
    const state = client as { readonly status?: string; readonly isReady?: boolean };
    await vi.waitUntil(() => state.status !== "ready" && state.isReady !== true);
    await expect(store.claim(key, "first", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(store.claim(key, "second", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
    await redis.restart();
    // Commands are sent in their order: by the answer to this one, all that was queued before has been done.
    await vi.waitFor(() => client.ping(), 30_000);
    const asked = new Redis(redis.url);
    onTestFinished(() => asked.disconnect());
    expect(await asked.info("commandstats")).not.toContain("cmdstat_evalsha");
  });

  test("a frozen server: every call fails in time, and a claim that came through later is given back", async () => {
    const redis = await started();
    const store = await storeOf(clientName, redis.url, { timeoutMs: 1_000 });
    const done = { namespace: "test", id: "evt_done" };
    await store.complete(done, await claimed(store, "me", done));
    redis.pause();
    // At once, and so before the connection has been silent for so long that it is left.
    await Promise.all([
      expect(store.claim(key, "too late", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" }),
      expect(store.claim(done, "too late", LEASE_MS)).rejects.toThrow("within 1000 ms"),
    ]);
    redis.resume();
    // Otherwise the event would be pending for the 45 s of a lease without a holder.
    await vi.waitFor(
      async () => expect(await store.claim(key, "next", LEASE_MS)).toMatchObject({ state: "claimed" }),
      {
        timeout: 30_000,
      },
    );
    expect(await store.claim(done, "next", LEASE_MS)).toEqual({ state: "done" });
  });

  test("a claim that was late and that its owner repeats is not given back", async () => {
    const redis = await started();
    const store = await storeOf(clientName, redis.url, { timeoutMs: 1_000 });
    const held = await claimed(store, "me", { namespace: "test", id: "evt_held" });
    redis.pause();
    await expect(store.claim(key, "me", LEASE_MS)).rejects.toThrow("within 1000 ms");
    const again = claimed(store);
    redis.resume();
    const holder = await again;
    // Answered in their order: a claim to be given back was given back by now.
    expect(await store.complete({ namespace: "test", id: "evt_held" }, held)).toBe("ok");
    expect(await store.claim(key, "you", LEASE_MS)).toEqual({ state: "pending" });
    expect(await store.complete(key, holder)).toBe("ok");
  });

  test("killed and restarted: calls fail meanwhile, and what was written to disk is remembered", async () => {
    const redis = await started("--appendonly", "yes", "--appendfsync", "always");
    const store = await storeOf(clientName, redis.url, { timeoutMs: 1_000 });
    const holder = await claimed(store);
    const other = { namespace: "test", id: "evt_2" };
    await store.complete(other, await claimed(store, "me", other));
    await redis.kill();
    await expect(store.complete(key, holder)).rejects.toThrow();
    await expect(store.claim(other, "you", LEASE_MS)).rejects.toThrow();
    await redis.restart();
    // The client connects again at its own pace. The scripts are gone from this server.
    await vi.waitFor(async () => expect(await store.complete(key, holder)).toBe("ok"), { timeout: 30_000 });
    for (const of of [key, other]) expect(await store.claim(of, "you", LEASE_MS)).toEqual({ state: "done" });
  });

  test("a full server that must not evict is unavailable, and no claim is lost", async () => {
    const redis = await started("--maxmemory-policy", "noeviction");
    const store = await storeOf(clientName, redis.url);
    const holder = await claimed(store);
    const operator = new Redis(redis.url);
    onTestFinished(() => operator.disconnect());
    await operator.config("SET", "maxmemory", "1");
    await expect(store.claim({ ...key, id: "evt_2" }, "me", LEASE_MS)).rejects.toThrow("OOM");
    await operator.config("SET", "maxmemory", "0");
    expect(await store.complete(key, holder)).toBe("ok");
  });

  describe("waiting for replicas", () => {
    let primary: RedisServer;
    let replica: RedisServer;
    beforeEach(async () => {
      primary = await RedisServer.start("--repl-diskless-sync-delay", "0");
      replica = await RedisServer.start("--replicaof", "127.0.0.1", String(primary.port));
      const operator = new Redis(primary.url);
      await vi.waitFor(async () => expect(await operator.info("replication")).toContain("state=online"), {
        timeout: 30_000,
      });
      operator.disconnect();
    });
    afterEach(async () => {
      await replica.stop();
      await primary.stop();
    });

    test("what was confirmed survives the loss of the primary", async () => {
      const store = await storeOf(clientName, primary.url, { waitReplicas: 1, timeoutMs: 5_000 });
      await store.complete(key, await claimed(store));
      await primary.kill();
      const promoted = new Redis(replica.url);
      onTestFinished(() => promoted.disconnect());
      await promoted.replicaof("NO", "ONE");
      const survivor = await storeOf(clientName, replica.url);
      expect(await survivor.claim(key, "you", LEASE_MS)).toEqual({ state: "done" });
    });

    test("too few replicas: a claim does not count and is given back; complete goes through once they are back", async () => {
      const holder = await claimed(
        await storeOf(clientName, primary.url, { waitReplicas: 1, timeoutMs: 5_000 }),
      );
      const store = await storeOf(clientName, primary.url, { waitReplicas: 1, waitTimeoutMs: 100 });
      const unheard = { ...key, id: "evt_2" };
      replica.pause();
      await expect(store.claim(unheard, "me", LEASE_MS)).rejects.toThrow("0 of 1 replicas");
      await expect(store.complete(key, holder)).rejects.toMatchObject({ code: "store_unavailable" });
      const relaxed = await storeOf(clientName, primary.url);
      await vi.waitFor(async () => void (await claimed(relaxed, "next", unheard)), { timeout: 30_000 });
      // A connection that has written nothing has nothing to wait for: a repeated `complete` has to write.
      const again = await storeOf(clientName, primary.url, { waitReplicas: 1, waitTimeoutMs: 100 });
      await expect(again.complete(key, holder)).rejects.toThrow("0 of 1 replicas");
      replica.resume();
      await vi.waitFor(async () => expect(await again.complete(key, holder)).toBe("ok"), { timeout: 30_000 });
    });
  });
});

describeReal("a cluster of three (needs redis-server)", () => {
  let cluster: RedisCluster;
  beforeEach(async () => {
    cluster = await RedisCluster.start();
  });
  afterEach(() => cluster.stop());

  const clusters = {
    "ioredis 6": async (urls: readonly string[]) => {
      const client = new Redis.Cluster([...urls]);
      return { client, close: () => client.disconnect() };
    },
    "redis 6": async (urls: readonly string[]) => {
      const client = await createCluster({ rootNodes: urls.map((url) => ({ url })) }).connect();
      return { client, close: () => client.destroy() };
    },
  };
  test.each(Object.entries(clusters))(
    "%s: ids live on all nodes, and each is claimed once",
    async (_, open) => {
      const { client, close } = await open(cluster.urls);
      onTestFinished(close);
      const store = createRedisStore({ client });
      const ids = Array.from({ length: 60 }, (_, i) => ({ namespace: "{test}", id: `evt_${i}` }));
      const holders = await Promise.all(ids.map((of) => claimed(store, "me", of)));
      for (const of of ids) expect(await store.claim(of, "you", LEASE_MS)).toEqual({ state: "pending" });
      for (const [i, of] of ids.entries()) {
        const holder = holders[i];
        if (holder !== undefined) expect(await store.complete(of, holder)).toBe("ok");
      }
      for (const of of ids) expect(await store.claim(of, "you", LEASE_MS)).toEqual({ state: "done" });
      for (const { url } of cluster.primaries) {
        const node = new Redis(url);
        expect(await node.dbsize()).toBeGreaterThan(0);
        node.disconnect();
      }
    },
  );
});
