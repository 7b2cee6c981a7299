import { randomBytes } from "node:crypto";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { askRedis } from "test-support/redis-process";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

testExample("queue-redis");

test.runIf(HAS_REDIS)("events wait in Redis, sealed, until a worker comes", async () => {
  const redis = await RedisServer.start();
  const env = {
    MINTFAX_WEBHOOK_SECRET: SECRET,
    REDIS_URL: redis.url,
    QUEUE_KEY: randomBytes(32).toString("base64"),
  };
  const web = await ExampleProcess.start("queue-redis", env, "web");
  try {
    const event = eventFixture("fax.delivered");
    expect((await createTestSender({ secret: SECRET, to: web.url }).attempt(event)).status).toBe(200);
    const kept = await askRedis(redis.port, "HGETALL", `bull:mintfax:${event.id}@mintfax`);
    expect(kept).toContain(event.id);
    expect(kept).not.toContain(event.data.object.to);
    const arrived = async () => (await fetch(web.origin)).json();
    expect(await arrived()).toEqual([]);
    // It listens nowhere, so it is started as the other half of both.
    const both = await ExampleProcess.start("queue-redis", env);
    try {
      await vi.waitFor(async () => expect(await arrived()).toEqual([event.data.object.id]), {
        timeout: 30_000,
      });
    } finally {
      expect(await both.stop()).toBe(0);
    }
  } finally {
    await web.stop();
    await redis.stop();
  }
});
