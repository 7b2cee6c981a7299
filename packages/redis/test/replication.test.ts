import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClientPool, createCluster, createSentinel } from "redis";
import { createCluster as createCluster4 } from "redis4";
import { describe, expect, onTestFinished, test } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";

const URL = "redis://127.0.0.1:1";
const LEASE_MS = 45_000;
const key = { namespace: "test", id: "evt_1" };

describe("waitReplicas", () => {
  /** None of them is connected. */
  const several: Readonly<Record<string, () => unknown>> = {
    "a cluster of ioredis": () => new Redis.Cluster([URL], { lazyConnect: true }),
    "a cluster of node-redis": () => createCluster({ rootNodes: [{ url: URL }] }),
    "a cluster of node-redis 4": () => createCluster4({ rootNodes: [{ url: URL }] }),
    "a pool of node-redis": () => createClientPool({ url: URL }),
    "createSentinel of node-redis, with 8 connections": () =>
      createSentinel({
        name: "primary",
        sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }],
        masterPoolSize: 8,
      }),
    "createSentinel of node-redis": () =>
      createSentinel({ name: "primary", sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }] }),
    "an object of one's own that has all three commands": () => {
      const ok = async () => 1;
      return { evalsha: ok, eval: ok, wait: ok };
    },
  };
  test.each(Object.entries(several))("%s is refused: WAIT could go over another connection", (_, open) => {
    expect(() => createRedisStore({ client: open() as RedisClient, waitReplicas: 1 })).toThrow(
      expect.objectContaining({ name: "ConfigurationError", code: "store_invalid" }),
    );
  });

  test.each(Object.keys(CLIENTS))("%s is accepted", (clientName) => {
    const { client, close } = connect(clientName, URL);
    onTestFinished(close);
    expect(createRedisStore({ client, waitReplicas: 1 }).kind).toBe("lease");
  });

  /** One connection, as far as it shows; what it answers is the test's. */
  function clientAnswering(wait: (client: { stream: unknown }) => unknown) {
    const released: unknown[] = [];
    const answer = async (_script: string, _count: number, ...args: string[]) => {
      const [, , asked, owner] = args;
      if (asked === "R7") released.push(owner);
      return 7;
    };
    const client = {
      commandQueue: [],
      stream: "first connection",
      evalsha: answer,
      eval: answer,
      wait: async () => wait(client),
    };
    return { client: client as unknown as RedisClient, released };
  }

  test.each<[string, (client: { stream: unknown }) => unknown, string]>([
    ["QUEUED", () => "QUEUED", "QUEUED"],
    ["nothing", () => undefined, "expected an integer"],
    ["too few", () => 0, "0 of 1 replicas"],
    [
      "an error",
      () => {
        throw new Error("ERR broken");
      },
      "ERR broken",
    ],
    [
      "enough, but over a connection that has written nothing",
      async (client) => {
        await new Promise(setImmediate);
        client.stream = "second connection";
        return 1;
      },
      "answered by another connection",
    ],
  ])("WAIT that answers %s confirms nothing, and the claim is given back", async (_, wait, message) => {
    const { client, released } = clientAnswering(wait);
    const store = createRedisStore({ client, waitReplicas: 1 });
    await expect(store.claim(key, "me", LEASE_MS)).rejects.toThrow(message);
    expect(released).toEqual(["me"]);
  });

  test("WAIT that is answered before its script confirms nothing", async () => {
    const client = {
      commandQueue: [],
      stream: {},
      evalsha: () => new Promise((resolve) => setImmediate(resolve, 7)),
      eval: async () => 7,
      wait: async () => 1,
    } as unknown as RedisClient;
    await expect(createRedisStore({ client, waitReplicas: 1 }).claim(key, "me", LEASE_MS)).rejects.toThrow(
      "answered by another connection",
    );
  });

  test("WAIT that throws at once leaves no rejection behind", async () => {
    const client = {
      commandQueue: [],
      stream: {},
      evalsha: async () => {
        throw new Error("ERR broken too");
      },
      eval: async () => 7,
      wait: () => {
        throw new Error("ERR broken");
      },
    } as unknown as RedisClient;
    await expect(
      createRedisStore({ client, waitReplicas: 1 }).claim(key, "me", LEASE_MS),
    ).rejects.toMatchObject({
      code: "store_unavailable",
    });
  });
});
