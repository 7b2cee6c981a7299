/** Servers that fall silent (SIGSTOP: connections stay open, and no answer comes), and primaries that become replicas. */
import { createFetchHandler, createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, handOff } from "@mintfax-webhooks/queue";
import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import * as bullmq6 from "bullmq";
import * as bullmq5 from "bullmq5";
import { askRedis, untilRedisSays } from "test-support/redis-process";
import { RedisSentinel, SENTINEL_NAME } from "test-support/redis-sentinel";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, onTestFinished, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const VERSIONS = { "bullmq 5 lowest": bullmq5 as unknown as typeof bullmq6, "bullmq 6": bullmq6 };
/** To end what hangs. */
const PATIENCE = { timeout: 90_000, interval: 100 };

/** As the README has it, with a shorter wait for silent servers. */
const RECIPE = {
  socketTimeout: 3_000,
  reconnectOnError: ({ message }: Error) => message.startsWith("READONLY"),
};

describe.runIf(HAS_REDIS).each(Object.entries(VERSIONS))("%s", (_, { Queue, Worker }) => {
  /** A receiver and a worker, whose stores are elsewhere. */
  async function open(options: object) {
    const connection = { ...options, ...RECIPE } as bullmq6.ConnectionOptions;
    const ignore = (): void => {};
    const queue = new Queue("mintfax", { connection });
    queue.on("error", ignore);
    const webhooks = createFetchHandler({ secret: SECRET, store: createMemoryStore(), onOutcome: ignore });
    webhooks.on("*", handOff(bullmqQueue(queue), { timeoutMs: 2_000 }));
    const runs: string[] = [];
    const worker = createWorker({ store: createMemoryStore(), onOutcome: ignore }).on("*", ({ id }) => {
      runs.push(id);
    });
    const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), {
      ...bullmqWorkerOptions(),
      connection,
      drainDelay: 1,
      runRetryDelay: 100,
      concurrency: 4,
    });
    bullmqWorker.on("error", ignore);
    await bullmqWorker.waitUntilReady();
    onTestFinished(async () => {
      // By force, since versions before 5.80 wait for ever once a server was silent.
      await bullmqWorker.close(true);
      await queue.close();
    });
    const sender = createTestSender({ secret: SECRET, to: webhooks });
    const statusOf = async (event: ReturnType<typeof eventFixture>) => (await sender.attempt(event)).status;
    return {
      runs,
      statusOf,
      /** Sends ten events, each until it is answered with 200, and waits for their handlers. */
      async untilWorked() {
        const events = Array.from({ length: 10 }, () => eventFixture("fax.delivered"));
        await Promise.all(
          events.map((event) => vi.waitFor(async () => expect(await statusOf(event)).toBe(200), PATIENCE)),
        );
        const ids = events.map(({ id }) => id).sort();
        await vi.waitFor(() => expect(runs.filter((id) => ids.includes(id)).sort()).toEqual(ids), PATIENCE);
      },
    };
  }

  test("Sentinel: events are taken and worked on once a replica is promoted, each once", {
    timeout: 240_000,
  }, async () => {
    const setup = await RedisSentinel.start("--appendonly", "yes");
    onTestFinished(() => setup.stop());
    const { untilWorked, runs } = await open({ sentinels: setup.sentinels, name: SENTINEL_NAME });
    await untilWorked();
    setup.primary.pause();
    const healed = untilWorked();
    await setup.promoted();
    await healed;
    setup.primary.resume();
    await setup.demoted();
    await untilWorked();
    expect(new Set(runs).size).toBe(30);
    expect(runs).toHaveLength(30);
  });

  test("a server that falls silent and wakes again: what was cut off comes again, and is worked on once", {
    timeout: 240_000,
  }, async () => {
    const redis = await RedisServer.start("--appendonly", "yes");
    onTestFinished(() => redis.stop());
    const { untilWorked, statusOf, runs } = await open({ url: redis.url });
    await untilWorked();
    redis.pause();
    const event = eventFixture("fax.delivered");
    expect(await statusOf(event)).toBe(503);
    redis.resume();
    await vi.waitFor(async () => expect(await statusOf(event)).toBe(200), PATIENCE);
    await untilWorked();
    expect(runs.filter((id) => id === event.id)).toHaveLength(1);
  });

  test("a primary that becomes a replica: 503, and 200 once it is the primary again", {
    timeout: 240_000,
  }, async () => {
    const [redis, other] = await Promise.all([1, 2].map(() => RedisServer.start("--appendonly", "yes")));
    if (redis === undefined || other === undefined) throw new Error("two servers");
    onTestFinished(() => redis.stop());
    onTestFinished(() => other.stop());
    const { untilWorked, statusOf } = await open({ url: redis.url });
    await untilWorked();
    await askRedis(redis.port, "REPLICAOF", "127.0.0.1", String(other.port));
    await untilRedisSays(redis.port, ["ROLE"], /^slave/);
    expect(await statusOf(eventFixture("fax.delivered"))).toBe(503);
    await askRedis(redis.port, "REPLICAOF", "NO", "ONE");
    await untilWorked();
  });
});
