import { createFetchHandler } from "@mintfax-webhooks/core";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { Redis } from "ioredis";
import { createClient, RESP_TYPES } from "redis";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const LEASE_MS = 45_000;
const key = { namespace: "test", id: "evt_1" };
const me = { owner: "me", fence: 1 };

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

let client: Redis;
beforeEach(async () => {
  client = new Redis(server.url);
  onTestFinished(() => client.disconnect());
  await client.flushall();
});

/** Deliveries of one event; resolves with status and outcome. */
function receiver(redis: RedisClient, onRun: () => void) {
  const webhooks = createFetchHandler({
    secret: SECRET,
    store: createRedisStore({ client: redis }),
    onOutcome() {},
  }).on("*", onRun);
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  return async (): Promise<string> => {
    const request = new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body });
    const response = await webhooks(request);
    const { outcome } = (await response.json()) as { outcome: string };
    return `${response.status} ${outcome}`;
  };
}

describe("a client that the application holds inside MULTI", () => {
  test("a claim: 503, and no handler runs; processed once the transaction is over", async () => {
    let runs = 0;
    const deliver = receiver(client, () => {
      runs += 1;
    });
    await client.multi({ pipeline: false });
    expect(await deliver()).toBe("503 unavailable");
    expect(runs).toBe(0);
    await client.discard();
    expect(await deliver()).toBe("200 processed");
    expect(await deliver()).toBe("200 duplicate");
    expect(runs).toBe(1);
  });

  test("settling and forgetting: unavailable, and neither lost nor absent", async () => {
    const store = createRedisStore({ client });
    const claim = await store.claim(key, "me", LEASE_MS);
    if (claim.state !== "claimed") throw new Error(claim.state);
    const holder = { owner: "me", fence: claim.fence };
    await client.multi({ pipeline: false });
    const calls = [
      store.renew(key, holder, LEASE_MS),
      store.complete(key, holder),
      store.release(key, holder),
      store.forget(key),
      store.inspect(key),
    ];
    await Promise.all(
      calls.map((call) =>
        expect(call).rejects.toMatchObject({
          code: "store_unavailable",
          message: expect.stringContaining("Give the store a client of its own."),
        }),
      ),
    );
    await client.discard();
    expect(await store.complete(key, holder)).toBe("ok");
  });
});

describe.each<[string, unknown]>([
  ["nothing", undefined],
  ["null", null],
  ["OK", "OK"],
  ["QUEUED", "QUEUED"],
  ["an empty text", ""],
  ["a text with an integer in it", " 1"],
  ["an integer in another notation", "1e3"],
  ["a fraction", 0.5],
  ["not a number", Number.NaN],
  ["an integer that is not one of the script's", -2],
  ["an integer that a number cannot hold", 2n ** 60n],
  ["true", true],
  ["a list", [1]],
  ["an object with a number for a value", { valueOf: () => 1 }],
])("a client that answers with %s", (_, answer) => {
  const junk = {
    evalsha: async () => answer,
    eval: async () => answer,
  } as RedisClient;

  test("every call is unavailable", async () => {
    const store = createRedisStore({ client: junk });
    const calls = [
      () => store.claim(key, "me", LEASE_MS),
      () => store.renew(key, me, LEASE_MS),
      () => store.complete(key, me),
      () => store.release(key, me),
      () => store.forget(key),
      () => store.inspect(key),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "store_unavailable" });
  });
});

test("an answer that another script could have given, too", async () => {
  const store = (answer: unknown) =>
    createRedisStore({ client: { evalsha: async () => answer, eval: async () => answer } as RedisClient });
  await expect(store(-1).complete(key, me)).rejects.toThrow("expected an integer from 0 to 1");
  await expect(store(7).release(key, me)).rejects.toThrow("expected an integer from 0 to 1");
  await expect(store(2).forget(key)).rejects.toThrow("expected an integer from -1 to 1");
});

test.each<[string, (answer: number) => unknown]>([
  ["strings", String],
  ["bigints", BigInt],
])("integers as %s are integers", async (_, as) => {
  const answering = (answer: number) =>
    createRedisStore({
      client: { evalsha: async () => as(answer), eval: async () => as(answer) } as RedisClient,
    });
  expect(await answering(1_785_312_000_123).claim(key, "me", LEASE_MS)).toEqual({
    state: "claimed",
    fence: 1_785_312_000_123,
  });
  expect(await answering(0).claim(key, "me", LEASE_MS)).toEqual({ state: "pending" });
  expect(await answering(-1).claim(key, "me", LEASE_MS)).toEqual({ state: "done" });
  expect(await answering(0).complete(key, me)).toBe("lost");
});

test("a client of node-redis that maps numbers to strings", async () => {
  const mapped = await createClient({ url: server.url })
    .on("error", () => {})
    .connect();
  onTestFinished(() => mapped.destroy());
  const store = createRedisStore({ client: mapped.withTypeMapping({ [RESP_TYPES.NUMBER]: String }) });
  const claim = await store.claim(key, "me", LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(claim.fence).toBeTypeOf("number");
  expect(await store.complete(key, { owner: "me", fence: claim.fence })).toBe("ok");
  expect(await store.claim(key, "next", LEASE_MS)).toEqual({ state: "done" });
});

describe("a client whose calls fail in odd ways", () => {
  test.each<[string, () => unknown]>([
    [
      "throws synchronously",
      () => {
        throw new Error("closed");
      },
    ],
    ["answers without a promise", () => "OK"],
    ["rejects with nothing", () => Promise.reject()],
    [
      "rejects with an object whose message throws",
      () =>
        Promise.reject({
          get message(): string {
            throw new Error("broken getter");
          },
        }),
    ],
    [
      "answers with a thenable that throws",
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        then() {
          throw new Error("not a promise");
        },
      }),
    ],
  ])("one that %s is unavailable", async (_, act) => {
    const store = createRedisStore({ client: { evalsha: act, eval: act } as unknown as RedisClient });
    await expect(store.claim(key, "me", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
  });

  test("a closed client: unavailable at once, with its reason", async () => {
    const closed = new Redis(server.url);
    await closed.quit();
    await expect(createRedisStore({ client: closed }).claim(key, "me", LEASE_MS)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("Connection is closed."),
    });
  });

  test("without an offline queue, before it is connected: a claim waits until it is", async () => {
    const early = new Redis(server.url, { enableOfflineQueue: false });
    onTestFinished(() => early.disconnect());
    expect(await createRedisStore({ client: early }).claim(key, "me", LEASE_MS)).toMatchObject({
      state: "claimed",
    });
  });

  test("connected lazily: the first call connects it", async () => {
    const lazy = new Redis(server.url, { lazyConnect: true });
    onTestFinished(() => lazy.disconnect());
    expect(await createRedisStore({ client: lazy }).claim(key, "me", LEASE_MS)).toMatchObject({
      state: "claimed",
    });
  });
});
