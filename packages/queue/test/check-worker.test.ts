import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import { checkWorker, createWorker } from "@mintfax-webhooks/queue";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { freePort } from "test-support/free-port";
import { startServer } from "test-support/redis-servers";
import { expect, onTestFinished, test } from "vitest";

const store = createMemoryStore();

test("a worker with a handler and a store in reach is ready, and its store is looked at", async () => {
  const server = await startServer();
  const client = new Redis(server.url);
  onTestFinished(async () => {
    client.disconnect();
    await server.stop();
  });
  const worker = createWorker({ store: createRedisStore({ client }) }).on("*", () => {});
  const { ready, findings } = await checkWorker(worker);
  expect(ready).toBe(true);
  expect(findings).toContainEqual(expect.objectContaining({ code: "handlers", ok: true }));
  expect(findings).toContainEqual(expect.objectContaining({ code: "redis_reachable", ok: true }));
});

test("a worker whose store is unreachable is not ready", async () => {
  const client = new Redis(`redis://127.0.0.1:${await freePort()}`, { retryStrategy: () => null });
  client.on("error", () => {});
  onTestFinished(() => client.disconnect());
  const worker = createWorker({ store: createRedisStore({ client, timeoutMs: 300 }) }).on("*", () => {});
  const { ok, ready, findings } = await checkWorker(worker);
  expect({ ok, ready }).toEqual({ ok: false, ready: false });
  expect(findings).toContainEqual(expect.objectContaining({ code: "redis_reachable", ok: false }));
});

test("a worker without a handler is not ready: it would park every message", async () => {
  const { ready, findings } = await checkWorker(createWorker({ store }));
  expect(ready).toBe(false);
  expect(findings[0]).toMatchObject({
    code: "handlers",
    ok: false,
    message: "There is no handler, so every message is parked.",
  });
});

test("what is not a worker, or a store that throws, is a finding", async () => {
  for (const given of [undefined, {}, store]) {
    const { ready, findings } = await checkWorker(given as never);
    expect(ready).toBe(false);
    expect(findings).toMatchObject([{ code: "options", message: expect.stringContaining("createWorker()") }]);
  }
  const throwing: LeaseStore = {
    ...store,
    check() {
      throw new Error("no route to the database");
    },
  };
  const { ready, findings } = await checkWorker(createWorker({ store: throwing }).on("*", () => {}));
  expect(ready).toBe(false);
  expect(findings.at(-1)).toMatchObject({ code: "store_check", ok: false });
});
