import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClient, RESP_TYPES } from "redis";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";

const LEASE_MS = 45_000;
const KEY = { namespace: "test", id: "evt_1" };

let server: TestServer;
let client: Redis;
beforeAll(async () => {
  server = await startServer();
  client = new Redis(server.url);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});
beforeEach(() => client.flushall());

const answering = (answer: unknown) =>
  createRedisStore({ client: { evalsha: async () => answer, eval: async () => answer } as RedisClient });

test.each<[unknown]>([
  ["P 1 2 me"],
  ["1785312000123 500"],
  ["now 500 P 1 2 me"],
  [["1785312000123 500 P 1 2 me"]],
  [new Uint8Array([255, 254])],
])("a client that answers with %j is unavailable", async (answer) => {
  await expect(answering(answer).inspect(KEY)).rejects.toMatchObject({ code: "store_unavailable" });
});

test("it tells when the claim began by the clock of Redis, and how long the key lives", async () => {
  const store = createRedisStore({ client, retentionMs: 3_600_000 });
  const claim = await store.claim(KEY, "web-1/4711/t3k2j1/abc.1", LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  const pending = await store.inspect(KEY);
  if (pending.state !== "pending") throw new Error(pending.state);
  expect(pending.owner).toBe("web-1/4711/t3k2j1/abc.1");
  expect(pending.claimedMs).toBe(claim.fence);
  expect(pending.untilMs).toBeGreaterThan(pending.nowMs);
  await store.complete(KEY, { owner: pending.owner, fence: claim.fence });
  const before = await client.pttl("mintfax:test:evt_1");
  const done = await store.inspect(KEY);
  if (done.state !== "done") throw new Error(done.state);
  expect(done.claimedMs).toBe(claim.fence);
  expect((done.untilMs as number) - done.nowMs).toBeLessThanOrEqual(before);
  expect((done.untilMs as number) - done.nowMs).toBeGreaterThan(0);
});

test("a claim whose fence is ahead of the clock has no time of its beginning", async () => {
  await client.set("mintfax:test:evt_1", `P ${Date.now() + 3_600_000} ${Date.now() + LEASE_MS} me`);
  expect(await createRedisStore({ client }).inspect(KEY)).not.toHaveProperty("claimedMs");
});

test("a client that returns buffers", async () => {
  const connected = await createClient({ url: server.url })
    .on("error", () => {})
    .connect();
  onTestFinished(() => connected.destroy());
  const store = createRedisStore({ client: connected.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }) });
  expect(await store.inspect(KEY)).toEqual({ state: "absent" });
  await store.claim(KEY, "me", LEASE_MS);
  expect(await store.inspect(KEY)).toMatchObject({ state: "pending", owner: "me" });
});

test("a key of another application is a wrong set-up, and keeps its value", async () => {
  const store = createRedisStore({ client });
  await client.set("mintfax:test:evt_1", "theirs");
  await expect(store.inspect(KEY)).rejects.toMatchObject({ code: "store_misconfigured" });
  await client.del("mintfax:test:evt_1");
  await client.lpush("mintfax:test:evt_1", "theirs");
  await expect(store.inspect(KEY)).rejects.toMatchObject({ code: "store_misconfigured" });
  expect(await client.llen("mintfax:test:evt_1")).toBe(1);
});
