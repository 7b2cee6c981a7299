import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { TransactionalStore } from "@mintfax-webhooks/core";
import type { DedupKey } from "@mintfax-webhooks/core/store";
import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Redis } from "ioredis";
import { createPool, type Pool as MysqlPool } from "mysql2/promise";
import { Pool } from "pg";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { PostgresServer } from "test-support/postgres-server";
import { RedisCluster } from "test-support/redis-cluster";
import { RedisSentinel } from "test-support/redis-sentinel";
import { HAS_REDIS } from "test-support/redis-server";
import { startServer, type TestServer } from "test-support/redis-servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hold, newKey, run, testClaims } from "./support/claims-suite.ts";
import { cli, type Finished } from "./support/cli.ts";
import { WITHOUT_IOREDIS } from "./support/node-redis.ts";

let postgres: PostgresServer;
let redis: TestServer;
let pool: Pool;
let client: Redis;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([PostgresServer.start(), startServer()]);
  pool = new Pool({ connectionString: postgres.url, application_name: "clinic" }).on("error", () => {});
  client = new Redis(redis.url);
  await createPostgresStore({ pool }).migrate();
});
afterAll(async () => {
  client.disconnect();
  await pool.end();
  await Promise.all([postgres.stop(), redis.stop()]);
});

describe("PostgreSQL", () =>
  testClaims("PostgreSQL", () => ({ url: postgres.url, store: createPostgresStore({ pool }) })));
describe("Redis", () => testClaims("Redis", () => ({ url: redis.url, store: createRedisStore({ client }) })));

/** With node-redis, since ioredis is not found. */
function withNodeRedis(url: string, ...args: string[]): Promise<Finished> {
  return cli(args, { env: { MINTFAX_STORE_URL: url, ...WITHOUT_IOREDIS } });
}

test("with node-redis in place of ioredis", async () => {
  const { key, holder } = await hold(createRedisStore({ client }));
  const pending = await withNodeRedis(redis.url, "pending", "--json");
  expect(pending).toMatchObject({ code: 1, stdout: expect.stringContaining(key.id), stderr: "" });
  const released = await withNodeRedis(redis.url, "release", key.id, "--force", "--yes");
  expect(released).toMatchObject({ code: 0, stderr: "" });
  expect(await createRedisStore({ client }).complete(key, holder)).toBe("lost");
  const down = await withNodeRedis("redis://:s3cret@127.0.0.1:1", "pending");
  expect(down).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: Redis cannot be used: .*ECONNREFUSED/),
  });
});

test("a server that takes connections and never answers lets no command hang", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void silent.close());
  await once(silent, "listening");
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const finished = await Promise.all([
    withNodeRedis(`redis://${host}`, "status", "evt_1"),
    ...["redis", "postgres", "mysql"].map((protocol) =>
      run(`${protocol}://user:s3cret@${host}/0`, "status", "evt_1"),
    ),
  ]);
  for (const { code, stdout, stderr } of finished) {
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .*(?:no answer came|not answered|timeout|TIMEDOUT)/);
    expect(stderr).not.toContain("s3cret");
  }
});

test("a table of another version, and one that is missing", async () => {
  await pool.query("CREATE TABLE older (namespace text, id text, state text, until timestamptz)");
  for (const args of [["status", "evt_1"], ["pending"]]) {
    const { code, stderr } = await run(postgres.url, ...args, "--table", "older");
    expect(code).toBe(2);
    expect(stderr).toContain("lacks a column");
  }
  const missing = await run(postgres.url, "pending", "--table", "missing");
  expect(missing.stderr).toContain("does not exist in this database");
});

/** Has a handler write in a transaction, and wait in it until its session is ended. */
async function workOn<Tx extends { query(sql: string): Promise<unknown> }>(
  store: TransactionalStore<Tx>,
  key: DedupKey,
): Promise<{ readonly ended: Promise<void> }> {
  let begin = (): void => {};
  const hasBegun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const result = store.transact(key, async ({ tx, signal }) => {
    await tx.query("INSERT INTO effects VALUES ('half')");
    begin();
    await new Promise((resolve) => signal?.addEventListener("abort", resolve));
    return "commit";
  });
  const ended = expect(result).rejects.toThrow();
  await hasBegun;
  return { ended };
}

describe("same-transaction store", () => {
  test("status and pending see the session at work; release ends it, and nothing of it is committed", async () => {
    const store = createPostgresTransactionalStore({ pool });
    await pool.query("CREATE TABLE IF NOT EXISTS effects (text text)");
    const key = newKey();
    const { ended } = await workOn(store, key);
    const status = await run(postgres.url, "status", key.id);
    expect(status.stdout).toMatch(/ {2}held by {4}session \d+ of clinic at 127\.0\.0\.1:\d+\n/);
    expect(status.stdout).toContain("A transaction is at work on it.");
    const pending = await run(postgres.url, "pending");
    expect(pending.stdout).toMatch(/ {2}\(not visible yet\) .* transaction {2,}session \d+ of clinic/);
    const released = await run(postgres.url, "release", key.id, "--force", "--yes");
    expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining(": released.") });
    await ended;
    expect((await pool.query("SELECT FROM effects")).rowCount).toBe(0);
    expect(await store.transact(key, async () => "commit")).toBe("committed");
  });
});

describe.skipIf(!HAS_MARIADB)("MariaDB (needs mariadbd)", () => {
  let mariadb: MariadbServer;
  let mysqlPool: MysqlPool;
  beforeAll(async () => {
    mariadb = await MariadbServer.start();
    mysqlPool = createPool(mariadb.url);
    await createMysqlStore({ pool: mysqlPool }).migrate();
  });
  afterAll(async () => {
    await mysqlPool.end();
    await mariadb.stop();
  });

  testClaims("MySQL", () => ({ url: mariadb.url, store: createMysqlStore({ pool: mysqlPool }) }));

  test("a URL that begins with mariadb:// is one of MySQL; --schema is refused, and a table that is missing is told", async () => {
    const url = mariadb.url.replace("mysql:", "mariadb:");
    const { key } = await hold(createMysqlStore({ pool: mysqlPool }));
    expect((await run(url, "status", key.id)).stdout).toContain(`${key.id}  pending\nin MySQL, `);
    const schema = await run(url, "pending", "--schema", "clinic");
    expect(schema).toMatchObject({ code: 2, stderr: expect.stringContaining("--schema is for PostgreSQL") });
    const missing = await run(url, "pending", "--table", "missing");
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("does not exist") });
  });

  test("status and pending see the session of a same-transaction store at work; release ends it", async () => {
    const store = createMysqlTransactionalStore({ pool: mysqlPool });
    await mysqlPool.query("CREATE TABLE effects (text TEXT NOT NULL)");
    const key = newKey();
    const { ended } = await workOn(store, key);
    const status = await run(mariadb.url, "status", key.id);
    expect(status.stdout).toMatch(/ {2}held by {4}session \d+ of root at 127\.0\.0\.1:\d+\n {2}since /);
    expect(status.stdout).toContain("A transaction is at work on it.");
    const pending = await run(mariadb.url, "pending");
    expect(pending.stdout).toMatch(new RegExp(`  ${key.id} .* transaction  +session \\d+ of root`));
    expect((await run(mariadb.url, "forget", key.id)).code).toBe(1);
    const released = await run(mariadb.url, "release", key.id, "--force", "--yes");
    expect(released).toMatchObject({ code: 0, stdout: expect.stringContaining(": released.") });
    await ended;
    const [rows] = await mysqlPool.query("SELECT text FROM effects");
    expect(rows).toEqual([]);
    expect(await store.transact(key, async () => "commit")).toBe("committed");
  });
});

describe.skipIf(!HAS_REDIS)("a Redis cluster (needs redis-server)", () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  });
  afterAll(() => cluster.stop());

  test("one node's URL is enough to find, list and release claims on all of them", async () => {
    const nodes = new Redis.Cluster([...cluster.urls]);
    onTestFinished(() => nodes.disconnect());
    const store = createRedisStore({ client: nodes, keyPrefix: "clinic:" });
    const keys = Array.from({ length: 20 }, () => newKey());
    for (const key of keys) await hold(store, key);
    const url = cluster.urls[0] as string;
    const { stdout, stderr } = await run(url, "pending", "--prefix", "clinic:", "--json");
    expect(stderr).toBe("");
    const found = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).id);
    expect(found.sort()).toEqual(keys.map(({ id }) => id).sort());
    const byNodeRedis = await withNodeRedis(url, "pending", "--prefix", "clinic:", "--json");
    expect(byNodeRedis.stderr).toBe("");
    expect(byNodeRedis.stdout.trimEnd().split("\n")).toHaveLength(keys.length);
    for (const { id } of keys.slice(0, 3)) {
      expect((await run(url, "status", id, "--prefix", "clinic:")).stdout).toContain(`${id}  pending`);
      expect((await run(url, "release", id, "--force", "--yes", "--prefix", "clinic:")).code).toBe(0);
    }
    const { key: done, holder } = await hold(store);
    await store.complete(done, holder);
    expect((await run(url, "forget", done.id, "--prefix", "clinic:")).code).toBe(0);
    expect((await run(url, "status", done.id, "--prefix", "clinic:")).stdout).toContain(
      `${done.id}  released`,
    );
    expect((await run(url, "doctor")).stdout).toContain("✓ The client is right for a cluster.");
  });
});

describe.skipIf(!HAS_REDIS)("Redis behind Sentinel (needs redis-server)", () => {
  let redisSentinel: RedisSentinel;
  beforeAll(async () => {
    redisSentinel = await RedisSentinel.start();
  });
  afterAll(() => redisSentinel.stop());

  test.each([
    ["ioredis", run],
    ["node-redis", withNodeRedis],
  ])(
    "the URL of a Sentinel is refused, and the address of its primary named, with %s",
    async (_, command) => {
      const url = `redis://127.0.0.1:${redisSentinel.sentinels[0]?.port}`;
      for (const args of [["status", "evt_1"], ["pending"], ["forget", "evt_1"], ["doctor"]]) {
        const { code, stdout, stderr } = await command(url, ...args);
        const said = (stdout + stderr).replaceAll(/\s+/g, " ");
        expect(said).toContain("The URL is that of a Sentinel, which stores no events.");
        expect(said).toContain(`(now: primary at 127.0.0.1:${redisSentinel.primary.port})`);
        expect(code).toBe(args[0] === "doctor" ? 1 : 2);
      }
    },
  );

  test("the URL of the primary works", async () => {
    const primary = new Redis(redisSentinel.primary.url);
    onTestFinished(() => primary.disconnect());
    const { key } = await hold(createRedisStore({ client: primary }));
    const status = await run(redisSentinel.primary.url, "status", key.id);
    expect(status).toMatchObject({ code: 0, stdout: expect.stringContaining("pending"), stderr: "" });
  });
});
