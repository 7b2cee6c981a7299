import { inspect } from "node:util";
import { createFetchHandler, createMemoryStore, type OutcomeRecord } from "@mintfax-webhooks/core";
import { handOff } from "@mintfax-webhooks/queue";
import { bullmqParked, bullmqProcessor, bullmqQueue } from "@mintfax-webhooks/queue/bullmq";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { FlowProducer, type JobsOptions, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { freePort } from "test-support/free-port";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { describe, expect, onTestFinished, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const NUMBER = "+15550100777";

/** A server that the test ends. */
async function serve(...options: readonly string[]): Promise<RedisServer> {
  const redis = await RedisServer.start(...options);
  onTestFinished(() => redis.stop());
  return redis;
}

function administratorOf({ url }: RedisServer): Redis {
  const client = new Redis(url);
  onTestFinished(() => client.disconnect());
  return client;
}

interface Connecting {
  readonly prefix?: string;
  readonly username?: string;
  readonly password?: string;
  readonly enableOfflineQueue?: boolean;
  readonly defaultJobOptions?: JobsOptions;
}

/** A receiver that hands off to a queue with these options, and what it says of it. */
function receiving(url: string, options: Connecting = {}, timeoutMs: number = 20_000) {
  const { prefix = "bull", defaultJobOptions = {}, ...redisOptions } = options;
  const connection = new Redis(url, redisOptions);
  // BullMQ itself waits for a connection before it ends one.
  onTestFinished(() => connection.disconnect());
  const skipVersionCheck = "username" in options;
  const bullmq = new Queue("mintfax", { connection, prefix, defaultJobOptions, skipVersionCheck });
  bullmq.on("error", () => {});
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  onTestFinished(() => {
    said.mockRestore();
    warned.mockRestore();
  });
  const outcomes: OutcomeRecord[] = [];
  const webhooks = createFetchHandler({
    secret: SECRET,
    store: createMemoryStore(),
    onOutcome: (record) => outcomes.push(record),
  }).on("*", handOff(bullmqQueue(bullmq), { timeoutMs }));
  return {
    bullmq,
    outcomes,
    lines: () => said.mock.calls.flat().map(String),
    async attempt(event = eventFixture("fax.failed", { data: { object: { to: NUMBER } } })) {
      const { status } = await createTestSender({ secret: SECRET, to: webhooks }).attempt(event);
      // Neither the error nor its causes may lead to a log that quotes a fax.
      expect(inspect(outcomes, { depth: 20, showHidden: true })).not.toContain(NUMBER);
      return { status, error: outcomes.at(-1)?.error as Error };
    },
  };
}

describe.runIf(HAS_REDIS)("what is not a Queue is refused, with what to do", () => {
  test("a Worker, a FlowProducer, a client, a closed queue, a queue of ours", async () => {
    const redis = await serve();
    const connection = { url: redis.url };
    const worker = new Worker("mintfax", null, { connection });
    const flow = new FlowProducer({ connection });
    const closed = new Queue("mintfax", { connection });
    const queue = new Queue("mintfax", { connection });
    await Promise.all([worker, flow, closed, queue].map((it) => it.waitUntilReady()));
    onTestFinished(async () => {
      await Promise.all([worker.close(), flow.close(), queue.close()]);
    });
    await closed.close();
    const bull = { add() {}, getJob() {}, getJobState() {}, getJobs() {}, process() {} };
    const wrong: [unknown, RegExp][] = [
      [worker, /the queue is a Worker; expected a Queue of bullmq 5\.66/],
      [flow, /is a FlowProducer/],
      [new Redis({ lazyConnect: true }), /is a client of Redis/],
      [closed, /the queue was closed/],
      [bullmqQueue(queue), /is already what bullmqQueue\(\) returns/],
      [bull, /is a Queue of bull, the predecessor/],
      [redis.url, /is of type string/],
      [undefined, /is of type undefined/],
      [null, /is null/],
      [{}, /is another object/],
    ];
    for (const [client, expected] of wrong) {
      expect(() => bullmqQueue(client as Queue)).toThrow(expected);
      expect(() => bullmqParked(client as Queue)).toThrow(expected);
    }
    expect(() => bullmqProcessor(worker as never)).toThrow(/expected what createWorker\(\) returns/);
    expect(() => bullmqQueue(queue, { retryForMs: -1 })).toThrow(/retryForMs is -1/);
    expect(() => bullmqQueue(queue, { retryFor: 1 } as never)).toThrow(/Did you mean retryForMs/);
  });
});

describe.runIf(HAS_REDIS)("a Redis that may delete jobs", () => {
  test("is refused with 500 until its maxmemory-policy is changed", async () => {
    const redis = await serve("--maxmemory-policy", "allkeys-lru");
    const { attempt, bullmq } = receiving(redis.url);
    const refused = await attempt();
    expect(refused.status).toBe(500);
    expect(refused.error).toMatchObject({
      code: "queue_misconfigured",
      message: expect.stringMatching(/allkeys-lru; expected noeviction.*CONFIG SET/),
    });
    expect(await bullmq.getJobCountByTypes("waiting")).toBe(0);
    await administratorOf(redis).config("SET", "maxmemory-policy", "noeviction");
    expect((await attempt()).status).toBe(200);
  });

  test("is not one that evicts only what expires: jobs do not", async () => {
    const redis = await serve("--maxmemory-policy", "volatile-lru");
    expect((await receiving(redis.url).attempt()).status).toBe(200);
  });

  test("cannot be told where INFO is forbidden: a line says so once", async () => {
    const redis = await serve();
    await administratorOf(redis).acl("SETUSER", "app", "on", ">pass", "~*", "&*", "+@all", "-info");
    const { attempt, lines } = receiving(redis.url, { username: "app", password: "pass" });
    expect((await attempt()).status).toBe(200);
    expect((await attempt()).status).toBe(200);
    expect(lines().filter((line) => line.includes("does not allow INFO"))).toHaveLength(1);
  });
});

describe.runIf(HAS_REDIS)("a queue with defaultJobOptions", () => {
  test.each([
    { deduplication: { id: "reports" } },
    { parent: { id: "1", queue: "bull:reports" } },
    { sizeLimit: 100 },
    { delay: 3_600_000 },
    { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  ])("%j has each event waiting, and kept", async (defaultJobOptions) => {
    const redis = await serve("--appendonly", "yes");
    const { attempt, bullmq } = receiving(redis.url, { defaultJobOptions });
    for (const _ of [1, 2]) expect((await attempt()).status).toBe(200);
    const jobs = await bullmq.getWaiting();
    expect(jobs).toHaveLength(2);
    for (const { opts } of jobs) expect(opts).toMatchObject({ removeOnFail: false });
    expect(jobs[0]?.opts.attempts).toBeGreaterThan(50);
  });
});

describe.runIf(HAS_REDIS)("a Redis whose crash loses events", () => {
  test("is told of in one line, and is taken", async () => {
    const redis = await serve();
    const { attempt, lines } = receiving(redis.url);
    for (const _ of [1, 2]) expect((await attempt()).status).toBe(200);
    expect(lines()).toEqual([expect.stringMatching(/keeps no append-only file.*CONFIG SET appendonly yes/)]);
  });

  test("is not one with an append-only file", async () => {
    const redis = await serve("--appendonly", "yes");
    const { attempt, lines } = receiving(redis.url);
    expect((await attempt()).status).toBe(200);
    expect(lines()).toEqual([]);
  });
});

describe.runIf(HAS_REDIS)(
  "an answer of Redis becomes an answer to mintfax, and quotes nothing of the fax",
  () => {
    test("READONLY, of a replica: 503", async () => {
      const primary = await serve("--repl-diskless-sync-delay", "0");
      const replica = await serve("--replicaof", "127.0.0.1", String(primary.port));
      const administrator = administratorOf(replica);
      await vi.waitFor(
        async () => expect(await administrator.info("replication")).toContain("master_link_status:up"),
        { timeout: 30_000 },
      );
      const { attempt } = receiving(replica.url);
      const { status, error } = await attempt();
      expect(status).toBe(503);
      expect(error).toMatchObject({
        code: "queue_unavailable",
        message: expect.stringContaining("READONLY"),
      });
      expect(error.cause).toBe(undefined);
    });

    test("OOM, of a full server: 503, and 200 once there is room", async () => {
      const redis = await serve("--maxmemory", "1mb");
      const { attempt } = receiving(redis.url);
      const { status, error } = await attempt();
      expect(status).toBe(503);
      expect(error.message).toContain("Redis is full (OOM)");
      await administratorOf(redis).config("SET", "maxmemory", "100mb");
      expect((await attempt()).status).toBe(200);
    });

    test("a user without the right to write: 500", async () => {
      const redis = await serve();
      await administratorOf(redis).acl("SETUSER", "app", "on", ">pass", "~*", "&*", "+@all", "-xadd");
      const { attempt } = receiving(redis.url, { username: "app", password: "pass" });
      const { status, error } = await attempt();
      expect(status).toBe(500);
      expect(error).toMatchObject({
        code: "queue_misconfigured",
        message: expect.stringContaining("ACL SETUSER"),
      });
    });

    test("a key of another application: 500", async () => {
      const redis = await serve();
      await administratorOf(redis).set("bull:mintfax:wait", "mine");
      const { status, error } = await receiving(redis.url).attempt();
      expect(status).toBe(500);
      expect(error.message).toContain("did not write");
    });

    test("a cluster's CROSSSLOT: 500, and the braces that are missing", async () => {
      const redis = await serve("--cluster-enabled", "yes");
      // A cluster of one, which has every slot.
      const administrator = administratorOf(redis);
      await administrator.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
      await vi.waitFor(
        async () => expect(await administrator.call("CLUSTER", "INFO")).toContain("cluster_state:ok"),
        { timeout: 30_000 },
      );
      const cluster = receiving(redis.url);
      const { status, error } = await cluster.attempt();
      expect(status).toBe(500);
      expect(error.message).toContain('prefix: "{mintfax}"');
      const braced = receiving(redis.url, { prefix: "{mintfax}" });
      expect((await braced.attempt()).status).toBe(200);
    });

    test("a server that is unreachable from the start: 503 in time, and 200 once it is there", async () => {
      const port = await freePort();
      const { attempt, bullmq } = receiving(`redis://127.0.0.1:${port}`, {}, 200);
      const { status, error } = await attempt();
      expect(status).toBe(503);
      expect(error.message).toContain("has not stored the event within 200 ms");
      await serve("--port", String(port));
      await bullmq.waitUntilReady();
      await vi.waitFor(async () => expect((await attempt()).status).toBe(200), { timeout: 30_000 });
    });

    test("a server that was lost, with a client that keeps no commands: 503 at once", async () => {
      const redis = await serve();
      const { attempt } = receiving(redis.url, { enableOfflineQueue: false });
      await vi.waitFor(async () => expect((await attempt()).status).toBe(200), { timeout: 30_000 });
      await redis.kill();
      const { status, error } = await attempt();
      expect(status).toBe(503);
      expect(error.message).toMatch(/Redis .*(ECONNREFUSED|is closed)/);
    });
  },
);
