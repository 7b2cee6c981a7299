import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { testExample } from "conformance/example-contract";
import { ExampleProcess } from "test-support/example-process";
import { startServer } from "test-support/redis-servers";
import { expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

testExample("express-redis");

test("several processes on one Redis, and those after a restart, know what any of them has processed", async () => {
  const redis = await startServer();
  const start = () =>
    ExampleProcess.start("express-redis", { MINTFAX_WEBHOOK_SECRET: SECRET, REDIS_URL: redis.url });
  const event = eventFixture("fax.delivered");
  const deliverTo = async ({ url }: ExampleProcess) => {
    const attempt = await createTestSender({ secret: SECRET, to: url }).attempt(event);
    return JSON.parse(attempt.body ?? "").outcome;
  };
  try {
    const first = await start();
    expect(await deliverTo(first)).toBe("processed");
    const second = await start();
    expect(await deliverTo(second)).toBe("duplicate");
    expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
    const restarted = await start();
    expect(await deliverTo(restarted)).toBe("duplicate");
    expect(await (await fetch(restarted.origin)).json()).toEqual([event.data.object.id]);
    expect(await restarted.stop()).toBe(0);
  } finally {
    await redis.stop();
  }
});
