/** Servers that stop without a farewell, by SIGSTOP: their connections stay open, and no answer comes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { createClientPool, createCluster, createSentinel } from "redis";
import { codeBlocks } from "test-support/code-blocks";
import { RedisCluster } from "test-support/redis-cluster";
import { RedisSentinel, SENTINEL_NAME } from "test-support/redis-sentinel";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, type TestContext, test, vi } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";
import { MovableAddress } from "./support/movable-address.ts";

const LEASE_MS = 45_000;
/** To end what hangs: a busy machine takes long. */
const PATIENCE = { timeout: 120_000, interval: 100 };

test("CI has a real redis-server, for Sentinel and Cluster too", () => {
  expect(HAS_REDIS || process.env.CI !== "true").toBe(true);
});

/** Of the test itself: several run at once. */
type OnFinished = TestContext["onTestFinished"];

interface Opened {
  readonly client: RedisClient;
  readonly store: LeaseStore;
}

const keysFrom = (name: string) =>
  Array.from({ length: 20 }, (_, i) => ({ namespace: name, id: `evt_${i}` }));

/** All of 20 events, which in a cluster lie on every node. */
async function processAll({ store }: Opened, name: string): Promise<void> {
  await Promise.all(
    keysFrom(name).map(async (key) => {
      const claim = await store.claim(key, "me", LEASE_MS);
      if (claim.state === "claimed") await store.complete(key, { owner: "me", fence: claim.fence });
    }),
  );
}

/** Deliveries keep coming while it is silent; each is claimed by an owner of its own. */
async function untilProcessed(opened: Opened, name: string): Promise<void> {
  await vi.waitFor(() => processAll(opened, name), PATIENCE);
}

async function expectDone({ store }: Opened, name: string): Promise<void> {
  for (const key of keysFrom(name))
    expect(await store.claim(key, "you", LEASE_MS)).toEqual({ state: "done" });
}

/** The one block of the README that has this text in it, run as it stands there but for the hosts. */
async function recipe(onFinished: OnFinished, text: string, hosts: RegExp, ours: string): Promise<Opened> {
  const blocks = codeBlocks("ts").filter(
    ({ page, source }) => page === "packages/redis/README.md" && source.includes(text),
  );
  expect(blocks).toHaveLength(1);
  const source = blocks[0]?.source ?? "";
  expect(source).toMatch(hosts);
  const folder = mkdtempSync(join(import.meta.dirname, ".recipe-"));
  onFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "recipe.ts");
  writeFileSync(file, `${source.replace(hosts, ours)}\nexport { client, store };\n`);
  const opened = (await import(file)) as Opened & { readonly client: { disconnect(): void } };
  onFinished(() => opened.client.disconnect());
  return opened;
}

const ignore = (): void => {};

// Real servers with real failovers.
describe
  .runIf(HAS_REDIS)
  .concurrent("the primary freezes, and another server takes over (needs redis-server)", () => {
    const throughSentinel: Readonly<
      Record<string, (setup: RedisSentinel, onFinished: OnFinished) => Promise<Opened>>
    > = {
      "the README's recipe for ioredis": ({ sentinels }, onFinished) =>
        recipe(
          onFinished,
          "sentinels",
          /\{ host: "sentinel-1\.internal"[^\]]*/,
          sentinels.map((address) => JSON.stringify(address)).join(", "),
        ),
      "createSentinel of node-redis": async ({ sentinels }, onFinished) => {
        const options = { name: SENTINEL_NAME, sentinelRootNodes: [...sentinels] };
        const client = await createSentinel(options).on("error", ignore).connect();
        onFinished(() => client.destroy());
        return { client, store: createRedisStore({ client }) };
      },
    };
    test.for(Object.entries(throughSentinel))(
      "Sentinel, %s: deliveries go through once a replica is promoted",
      { timeout: 240_000 },
      async ([name, open], { onTestFinished: onFinished }) => {
        const setup = await RedisSentinel.start();
        onFinished(() => setup.stop());
        const opened = await open(setup, onFinished);
        await untilProcessed(opened, "before");
        // A machine that has a sentinel too. node-redis waits for the sentinel that it has found without a limit.
        if (name.includes("README")) setup.freeze();
        else setup.primary.pause();
        const healed = untilProcessed(opened, "while it was silent");
        await setup.promoted();
        await healed;
        await expectDone(opened, "before");
        setup.primary.resume();
        await setup.demoted();
        await untilProcessed(opened, "after it has woken");
        await expectDone(opened, "while it was silent");
      },
    );

    const throughCluster: Readonly<
      Record<string, (setup: RedisCluster, onFinished: OnFinished) => Promise<Opened>>
    > = {
      "the README's recipe for ioredis": ({ urls }, onFinished) =>
        recipe(
          onFinished,
          "Redis.Cluster(",
          /"redis:\/\/node-1\.internal:6379"[^\]]*/,
          urls.map((url) => JSON.stringify(url)).join(", "),
        ),
      "createCluster of node-redis": async ({ urls }, onFinished) => {
        const client = createCluster({ rootNodes: urls.map((url) => ({ url })) }).on("error", ignore);
        await client.connect();
        onFinished(() => client.destroy());
        return { client, store: createRedisStore({ client }) };
      },
    };
    test.for(Object.entries(throughCluster))(
      "Cluster, %s: deliveries go through once a replica has the slots",
      { timeout: 240_000 },
      async ([, open], { onTestFinished: onFinished }) => {
        const setup = await RedisCluster.start({ replicas: true });
        onFinished(() => setup.stop());
        const opened = await open(setup, onFinished);
        await untilProcessed(opened, "before");
        setup.primaries[0]?.pause();
        const healed = untilProcessed(opened, "while it was silent");
        await setup.promoted(0);
        await healed;
        await expectDone(opened, "while it was silent");
        setup.primaries[0]?.resume();
        await untilProcessed(opened, "after it has woken");
      },
    );

    // It is told of the frozen primary when it connects again, and waits for it.
    test("Cluster, createCluster of node-redis: one that was left before a replica has the slots comes back", {
      timeout: 240_000,
    }, async ({ onTestFinished: onFinished }) => {
      const setup = await RedisCluster.start({ replicas: true });
      onFinished(() => setup.stop());
      const opened = await throughCluster["createCluster of node-redis"]?.(setup, onFinished);
      if (opened === undefined) throw new Error("no such client");
      await untilProcessed(opened, "before");
      setup.replicas[0]?.pause();
      setup.primaries[0]?.pause();
      await vi.waitFor(
        () => expect(processAll(opened, "lost")).rejects.toThrow("The client is offline"),
        PATIENCE,
      );
      setup.replicas[0]?.resume();
      await untilProcessed(opened, "while it was silent");
      await expectDone(opened, "while it was silent");
    });

    const one = Object.keys(CLIENTS).map(
      (clientName): [string, (url: string, onFinished: OnFinished) => Promise<Opened>] => [
        clientName,
        async (url, onFinished) => {
          const { client, close } = connect(clientName, url);
          onFinished(close);
          return { client, store: createRedisStore({ client }) };
        },
      ],
    );
    const pool = async (url: string, onFinished: OnFinished): Promise<Opened> => {
      const client = createClientPool({ url }).on("error", ignore);
      await client.connect();
      onFinished(() => client.destroy());
      return { client, store: createRedisStore({ client }) };
    };
    test.for([...one, ["a pool of node-redis", pool] as const])(
      "an address, %s: deliveries go through once another server has it",
      { timeout: 240_000 },
      async ([, open], { onTestFinished: onFinished }) => {
        const first = await RedisServer.start();
        onFinished(() => first.stop());
        const second = await RedisServer.start();
        onFinished(() => second.stop());
        const address = await MovableAddress.open(first.port);
        onFinished(() => address.close());
        const opened = await open(address.url, onFinished);
        await untilProcessed(opened, "before");
        first.pause();
        // The client leaves it once in vain, and gets no answer while it connects to it again.
        await expect(processAll(opened, "lost")).rejects.toMatchObject({ code: "store_unavailable" });
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        address.moveTo(second.port);
        await untilProcessed(opened, "while it was silent");
        await expectDone(opened, "while it was silent");
      },
    );
  });
