import { type CheckFinding, checkSetup, createFetchHandler } from "@mintfax-webhooks/core";
import { createRedisStore, type RedisClient, type RedisStoreOptions } from "@mintfax-webhooks/redis";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { freePort } from "test-support/free-port";
import { RedisCluster } from "test-support/redis-cluster";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";

/** What is not green, as `code level ok`, and whether a receiver on this store is ready. */
async function notGreen(client: RedisClient, options: Omit<RedisStoreOptions, "client"> = {}) {
  const store = createRedisStore({ client, ...options });
  const webhooks = createFetchHandler({ secret: `whsec_${"A".repeat(32)}`, store }).on("*", () => {});
  const { ready, findings } = await checkSetup(webhooks);
  const codes = findings.flatMap(({ code, level, ok }) => (ok === true ? [] : [`${code} ${level} ${ok}`]));
  return { ready, codes, findings };
}

const ofCode = (findings: readonly CheckFinding[], code: string) =>
  findings.find((finding) => finding.code === code);

// Settings, permissions and replication: only a real Redis has them.
describe.runIf(HAS_REDIS)("the check of a Redis store (needs redis-server)", () => {
  let redis: RedisServer;
  let operator: Redis;
  beforeAll(async () => {
    redis = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    operator = new Redis(redis.url);
    await operator.set("filling", "x".repeat(100_000));
  });
  afterAll(async () => {
    operator.disconnect();
    await redis.stop();
  });

  function clientOf(url: string = redis.url): Redis {
    const client = new Redis(url).on("error", () => {});
    onTestFinished(() => client.disconnect());
    return client;
  }

  /** Sets it for one test. */
  async function configure(settings: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, value] of Object.entries(settings)) {
      const [, before = ""] = (await operator.config("GET", name)) as string[];
      await operator.config("SET", name, value);
      onTestFinished(() => void operator.config("SET", name, before));
    }
  }

  test.each(Object.keys(CLIENTS))("is green throughout on a good server, by %s", async (name) => {
    const { client, close } = connect(name, redis.url);
    onTestFinished(close);
    const { ready, codes, findings } = await notGreen(client);
    expect({ ready, codes }).toEqual({ ready: true, codes: [] });
    expect(findings.slice(3).map(({ code }) => code)).toEqual([
      "redis_reachable",
      "redis_permissions",
      "clock",
      "redis_version",
      "redis_role",
      "redis_cluster",
      "redis_eviction",
      "redis_memory",
      "redis_persistence",
    ]);
    expect(ofCode(findings, "redis_persistence")?.message).toBe("appendonly is on: a crash loses nothing.");
  });

  test("claims nothing and writes nothing", async () => {
    const keys = await operator.keys("*");
    await createRedisStore({ client: clientOf() }).check?.();
    expect(await operator.keys("*")).toEqual(keys);
  });

  test.each<[Record<string, string>, string, boolean, RegExp]>([
    [
      { maxmemory: "1gb", "maxmemory-policy": "allkeys-lru" },
      "redis_eviction warning false",
      true,
      /noeviction/,
    ],
    [
      { maxmemory: "1gb", "maxmemory-policy": "volatile-ttl" },
      "redis_eviction warning false",
      true,
      /noeviction/,
    ],
    [{ maxmemory: "1000000" }, "redis_memory error false", false, /Raise maxmemory/],
    [{ appendonly: "no" }, "redis_persistence warning false", true, /Set appendonly yes/],
    [{ appendfsync: "no" }, "redis_persistence warning false", true, /Set appendfsync/],
  ])("with %o is not green", async (settings, code, ready, fix) => {
    await configure(settings);
    const found = await notGreen(clientOf());
    expect(found).toMatchObject({ ready, codes: [code] });
    expect(ofCode(found.findings, code.split(" ")[0] as string)?.fix).toMatch(fix);
  });

  test.each(Object.keys(CLIENTS))("sees appendfsync no by %s", async (name) => {
    await configure({ appendfsync: "no" });
    const { client, close } = connect(name, redis.url);
    onTestFinished(close);
    expect((await notGreen(client)).codes).toEqual(["redis_persistence warning false"]);
  });

  test("a policy that evicts is green as long as memory has no limit", async () => {
    await configure({ "maxmemory-policy": "allkeys-lru" });
    expect((await notGreen(clientOf())).codes).toEqual([]);
  });

  describe("of a user", () => {
    async function userWith(...rules: readonly string[]): Promise<Redis> {
      await operator.acl("SETUSER", "clinic", "reset", "on", "nopass", ...rules);
      const client = new Redis(redis.url.replace("redis://", "redis://clinic:any@"), {
        enableReadyCheck: false,
      });
      onTestFinished(() => client.disconnect());
      return client;
    }
    const ENOUGH = ["~mintfax:*", "+eval", "+evalsha", "+get", "+set", "+time"];

    test("who has what the store's README names sees no more than INFO tells, which is unknown", async () => {
      const found = await notGreen(await userWith(...ENOUGH));
      expect(found).toMatchObject({ ready: true, codes: ["redis_info warning unknown"] });
      expect((await notGreen(await userWith(...ENOUGH, "+info"))).codes).toEqual([]);
    });

    test.each(["GET", "SET", "EVALSHA"])(
      "who may not run %s is red, and the fix names it",
      async (command) => {
        const found = await notGreen(await userWith(...ENOUGH, "+info", `-${command.toLowerCase()}`));
        expect(found).toMatchObject({ ready: false, codes: ["redis_permissions error false"] });
        expect(ofCode(found.findings, "redis_permissions")?.fix).toMatch(
          new RegExp(`ACL SETUSER: ~mintfax:\\* \\+${command.toLowerCase()}\\.$`),
        );
      },
    );

    test("who may not run EVAL is red", async () => {
      const found = await notGreen(await userWith(...ENOUGH, "-eval"));
      expect(found).toMatchObject({ ready: false, codes: ["redis_permissions error false"] });
    });

    test("who may not use the store's keys is red", async () => {
      const found = await notGreen(await userWith(...ENOUGH, "+info"), { keyPrefix: "other:" });
      expect(found).toMatchObject({ ready: false, codes: ["redis_permissions error false"] });
    });

    test("whose password is wrong is red, and the finding does not have it", async () => {
      await operator.acl("SETUSER", "clinic", "reset", "on", ">right", "+@all", "~*");
      const found = await notGreen(clientOf(redis.url.replace("redis://", "redis://clinic:s3cret@")));
      expect(found).toMatchObject({ ready: false, codes: ["redis_reachable error false"] });
      expect(found.findings.at(-1)?.message).toContain("user name and password");
      expect(JSON.stringify(found.findings)).not.toContain("s3cret");
    });
  });

  test("of a replica is red; and so is a primary with fewer replicas than waitReplicas", async () => {
    const replica = await RedisServer.start("--appendonly", "yes", "--replicaof", `127.0.0.1 ${redis.port}`);
    onTestFinished(() => replica.stop());
    const found = await notGreen(clientOf(replica.url));
    expect(found).toMatchObject({ ready: false, codes: ["redis_role error false"] });
    await vi.waitFor(async () => expect(await operator.info("replication")).toContain("connected_slaves:1"));
    expect((await notGreen(clientOf(), { waitReplicas: 1 })).codes).toEqual([]);
    expect(await notGreen(clientOf(), { waitReplicas: 2 })).toMatchObject({
      ready: false,
      codes: ["redis_replicas error false"],
    });
  });

  test("of a cluster is red by a client that is not a cluster client, and green by one that is", async () => {
    const cluster = await RedisCluster.start();
    onTestFinished(() => cluster.stop());
    // The servers of this cluster keep nothing on disk.
    const codes = ["redis_persistence warning false"];
    const [url = ""] = cluster.urls;
    const ioredis = new Cluster([url]).on("error", () => {});
    onTestFinished(() => ioredis.disconnect());
    expect((await notGreen(ioredis)).codes).toEqual(codes);
    const nodeRedis = createCluster({ rootNodes: [{ url }] }).on("error", () => {});
    await nodeRedis.connect();
    onTestFinished(() => nodeRedis.destroy());
    expect((await notGreen(nodeRedis as RedisClient)).codes).toEqual(codes);
    const singles = await Promise.all(cluster.urls.map((each) => notGreen(clientOf(each))));
    expect(singles.flatMap(({ ready, codes }) => (ready ? [] : codes))).toContain(
      "redis_cluster error false",
    );
  });

  test("of an unreachable server is red, and so is that of a silent one, within 5 s", async () => {
    const found = await notGreen(clientOf(`redis://:s3cret@127.0.0.1:${await freePort()}`));
    expect(found).toMatchObject({ ready: false, codes: ["redis_reachable error false"] });
    expect(found.findings.at(-1)?.message).toContain("ECONNREFUSED");
    expect(JSON.stringify(found.findings)).not.toContain("s3cret");
    const client = clientOf();
    await client.ping();
    redis.pause();
    try {
      expect(await notGreen(client)).toMatchObject({ ready: false, codes: ["redis_reachable error false"] });
    } finally {
      redis.resume();
    }
  });

  test("with a clock of this process that is 40 s off is red", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 40_000 });
    onTestFinished(() => void vi.useRealTimers());
    const found = await notGreen(clientOf());
    expect(found.codes).toEqual(["clock warning false"]);
    expect(ofCode(found.findings, "clock")?.message).toMatch(
      /^The clock of this process is (39|40|41) s behind/,
    );
  });
});
