import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { freePort } from "test-support/free-port";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { CLIENTS, connect } from "./support/clients.ts";

const LEASE_MS = 45_000;
const key = { namespace: "test", id: "evt_1" };
const PASSWORD = "not-to-be-logged";

// Passwords and permissions: only a real Redis has them.
describe.runIf(HAS_REDIS)(
  "what only a person can change is misconfigured, with the fix in words (needs redis-server)",
  () => {
    let redis: RedisServer;
    let operator: Redis;
    beforeAll(async () => {
      redis = await RedisServer.start("--requirepass", PASSWORD);
      operator = new Redis(redis.url, { password: PASSWORD });
      await operator.acl(
        "SETUSER",
        "limited",
        "on",
        `>${PASSWORD}`,
        "~mintfax:*",
        "+@connection",
        "+info",
        "+evalsha",
        "+eval",
      );
      await operator.acl("SETUSER", "elsewhere", "on", `>${PASSWORD}`, "~other:*", "+@all");
      await operator.acl("SETUSER", "noscript", "on", `>${PASSWORD}`, "~*", "+@all", "-@scripting");
    });
    afterAll(async () => {
      operator.disconnect();
      await redis.stop();
    });

    /** With `user:password@` in it. */
    const urlOf = (credentials: string) => redis.url.replace("redis://", `redis://${credentials}`);

    test.each(Object.keys(CLIENTS))("%s", async (clientName) => {
      const messageOf = async (credentials: string): Promise<string> => {
        const { client, close } = connect(clientName, urlOf(credentials));
        onTestFinished(close);
        const error: unknown = await Promise.resolve(
          createRedisStore({ client, timeoutMs: 1_000 }).claim(key, "me", LEASE_MS),
        ).catch((rejected) => rejected);
        expect(error).toMatchObject({ name: "StoreMisconfiguredError", code: "store_misconfigured" });
        const { message } = error as Error;
        expect(message).not.toContain(PASSWORD);
        return message;
      };
      expect(await messageOf("")).toMatch(/user name and password/);
      expect(await messageOf(":wrong-password@")).toMatch(/user name and password/);
      expect(await messageOf(`limited:${PASSWORD}@`)).toMatch(/ACL SETUSER.*EVALSHA/s);
      expect(await messageOf(`noscript:${PASSWORD}@`)).toMatch(/ACL SETUSER.*EVALSHA/s);
      expect(await messageOf(`elsewhere:${PASSWORD}@`)).toMatch(/ACL SETUSER.*keyPrefix/s);
    });

    test("the permissions that the message names are enough", async () => {
      const granted = ["on", "nopass", "~mintfax:*", "+evalsha", "+eval", "+get", "+set", "+time"];
      await operator.acl("SETUSER", "just-enough", ...granted);
      const client = new Redis(urlOf("just-enough:any@"), { enableReadyCheck: false });
      onTestFinished(() => client.disconnect());
      const store = createRedisStore({ client });
      const claim = await store.claim(key, "me", LEASE_MS);
      if (claim.state !== "claimed") throw new Error(claim.state);
      expect(await store.complete(key, { owner: "me", fence: claim.fence })).toBe("ok");
    });

    test("a server that does not know EVALSHA", async () => {
      const renamed = await RedisServer.start("--rename-command", "EVALSHA", "hidden");
      onTestFinished(() => renamed.stop());
      const client = new Redis(renamed.url);
      onTestFinished(() => client.disconnect());
      await expect(createRedisStore({ client }).claim(key, "me", LEASE_MS)).rejects.toMatchObject({
        code: "store_misconfigured",
        message: expect.stringMatching(/does not know a command.*EVALSHA/s),
      });
    });
  },
);

/** What servers in other states say, word for word. */
test.each([
  "READONLY You can't write against a read only replica.",
  "MOVED 3999 127.0.0.1:6381",
  "CLUSTERDOWN Hash slot not served",
  "LOADING Redis is loading the dataset in memory",
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  "NOREPLICAS Not enough good replicas to write.",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
])("what can pass by itself is unavailable: %s", async (message) => {
  const fail = async () => {
    throw new Error(message);
  };
  const store = createRedisStore({ client: { evalsha: fail, eval: fail } as unknown as RedisClient });
  await expect(store.claim(key, "me", LEASE_MS)).rejects.toMatchObject({
    code: "store_unavailable",
    message: expect.stringContaining(message),
  });
});

test.each([
  ["CROSSSLOT Keys in request don't hash to the same slot", "cluster client"],
  ["DENIED Redis is running in protected mode because protected mode is enabled", "protected mode"],
])("%s", async (message, fix) => {
  const fail = async () => {
    throw new Error(message);
  };
  const store = createRedisStore({ client: { evalsha: fail, eval: fail } as unknown as RedisClient });
  await expect(store.claim(key, "me", LEASE_MS)).rejects.toMatchObject({
    code: "store_misconfigured",
    message: expect.stringContaining(fix),
  });
});

test.concurrent.for(Object.keys(CLIENTS))(
  "%s, where no server listens: unavailable, and the message names the address",
  async (clientName, { onTestFinished: onFinished }) => {
    const port = await freePort();
    const { client, close } = connect(clientName, `redis://127.0.0.1:${port}`);
    onFinished(close);
    await expect(
      createRedisStore({ client, timeoutMs: 1_000 }).claim(key, "me", LEASE_MS),
    ).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`),
    });
  },
);

test("a client of node-redis without a listener for its errors does not end the process", async () => {
  const client = createClient({ url: `redis://127.0.0.1:${await freePort()}` });
  const store = createRedisStore({ client, timeoutMs: 300 });
  client.connect().catch(() => {});
  onTestFinished(() => client.destroy());
  await expect(store.claim(key, "me", LEASE_MS)).rejects.toThrow("ECONNREFUSED");
});
