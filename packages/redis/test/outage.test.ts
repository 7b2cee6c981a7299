import { createFetchHandler } from "@mintfax-webhooks/core";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "./support/clients.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const EVENTS = 20;

// Only a real Redis can be killed and remember.
describe.runIf(HAS_REDIS).each(["ioredis 6", "redis 6"])("%s (needs redis-server)", (clientName) => {
  test("Redis down: 503 and no handler run; back again: everything arrives within mintfax's schedule, once", async () => {
    const redis = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    onTestFinished(() => redis.stop());
    const { client, close } = connect(clientName, redis.url);
    onTestFinished(close);
    await client.ping();
    const runs: string[] = [];
    let answers = 0;
    let onAllAnswered = () => {};
    const webhooks = createFetchHandler({
      secret: SECRET,
      store: createRedisStore({ client, timeoutMs: 1_000 }),
      onOutcome: () => {
        answers += 1;
        if (answers === EVENTS) onAllAnswered();
      },
    }).on("*", ({ id }) => {
      runs.push(id);
    });
    // Retries after 0.2, 2 and 20 seconds.
    const sender = createTestSender({ secret: SECRET, to: webhooks, timeScale: 0.02 });
    const before = eventFixture("fax.queued");
    expect((await sender.attempt(before)).status).toBe(200);

    await redis.kill();
    const events = Array.from({ length: EVENTS }, () => eventFixture("fax.delivered"));
    answers = 0;
    const allAnswered = new Promise<void>((resolve) => {
      onAllAnswered = resolve;
    });
    const deliveries = events.map((event) => sender.deliver(event));
    await allAnswered;
    expect(runs).toEqual([before.id]);
    await redis.restart();

    for (const { accepted, attempts } of await Promise.all(deliveries)) {
      expect(accepted, JSON.stringify(attempts)).toBe(true);
      expect(attempts[0]?.status).toBe(503);
    }
    expect(runs.slice(1).sort()).toEqual(events.map(({ id }) => id).sort());
    expect(JSON.parse((await sender.attempt(before)).body ?? "")).toMatchObject({ outcome: "duplicate" });
  });

  test("a claim given up on, and tried again in vain, is given back when Redis grants it late", async () => {
    const redis = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    onTestFinished(() => redis.stop());
    const { client, close } = connect(clientName, redis.url);
    onTestFinished(close);
    await client.ping();
    const store = createRedisStore({ client, timeoutMs: 200 });
    const key = { namespace: "mintfax", id: "evt_late" };

    redis.pause();
    const sent = store.claim(key, "first", 60_000);
    await expect(sent).rejects.toMatchObject({ code: "store_unavailable" });
    await redis.kill();
    await expect(store.claim(key, "first", 60_000)).rejects.toMatchObject({ code: "store_unavailable" });
    await redis.restart();

    await expect
      .poll(async () => await store.claim(key, "second", 60_000), { timeout: 10_000 })
      .toMatchObject({ state: "claimed" });
  });
});
