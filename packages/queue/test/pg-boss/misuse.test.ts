import { createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, type Queue } from "@mintfax-webhooks/queue";
import {
  createPgBossQueues,
  type PgBossLike,
  pgBossParked,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import { Client, Pool } from "pg";
import { PgBoss } from "pg-boss";
import PgBoss10 from "pg-boss10";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TestBoss, VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

const URL = "postgres://127.0.0.1:1/none";
const worker = createWorker({ store: createMemoryStore() });
const silent = (boss: PgBoss): PgBoss => boss.on("error", () => {});

const CONSTRUCTORS = {
  pgBossQueue,
  pgBossParked,
  pgBossProcessor: (boss: PgBossLike) => pgBossProcessor(worker, boss),
  createPgBossQueues,
};

describe.each(Object.entries(CONSTRUCTORS))("%s", (_, make) => {
  test.each(
    Object.entries({
      nothing: undefined,
      "a connection string": URL,
      "a pool of pg": new Pool(),
      "a client of pg": new Client(),
      "the class itself": PgBoss,
    }),
  )("takes no PgBoss from %s", async (_, boss) => {
    await expect((async () => make(boss as never))()).rejects.toMatchObject({
      code: "option_invalid",
      message: expect.stringContaining("expected an instance of PgBoss"),
    });
  });

  test("names the version that is too old", async () => {
    const boss = silent(new PgBoss10(URL) as never);
    await expect((async () => make(boss as never))()).rejects.toMatchObject({
      code: "option_invalid",
      message: expect.stringContaining("older than version 11. Install pg-boss 11 or 12"),
    });
  });

  test("asks for a listener, without which a lost connection ends the process", async () => {
    await expect((async () => make(new PgBoss(URL)))()).rejects.toMatchObject({
      code: "option_invalid",
      message: expect.stringContaining('boss.on("error"'),
    });
  });
});

test.each([undefined, {}, () => {}, createMemoryStore()])(
  "pgBossProcessor takes no worker from %o",
  (value) => {
    expect(() => pgBossProcessor(value as never, silent(new PgBoss(URL)))).toThrow(
      /what createWorker\(\) returns/,
    );
  },
);

test.each([
  [() => pgBossQueue(silent(new PgBoss(URL)), { name: "" }), /name: expected/],
  [() => pgBossQueue(silent(new PgBoss(URL)), { name: "'; DROP TABLE" }), /name: expected/],
  [() => pgBossQueue(silent(new PgBoss(URL)), { queue: "mintfax" } as never), /queue/],
  [() => pgBossParked(silent(new PgBoss(URL)), { schema: "a.b; DROP" }), /schema: expected/],
  [() => pgBossProcessor(worker, silent(new PgBoss(URL)), { retryForMs: -1 }), /retryForMs/],
])("an option that cannot work is refused at construction", (make, message) => {
  expect(make).toThrow(message);
});

test("a deadline beyond what pg-boss lets a job take is refused", async () => {
  await expect(
    createPgBossQueues(silent(new PgBoss(URL)), { deadlineMs: 24 * 3_600_000 }),
  ).rejects.toMatchObject({ code: "option_out_of_bounds" });
});

describe.each(Object.entries(VERSIONS))("%s", (_, Version) => {
  const CONTEXT = { tx: undefined, signal: new AbortController().signal };
  const enqueue = (queue: Queue) =>
    queue.enqueue(
      {
        version: 1,
        namespace: "mintfax",
        id: "evt_1",
        type: "fax.delivered",
        created: 1,
        enqueuedAt: 1,
        body: "{}",
      },
      CONTEXT,
    );
  const misconfigured = (message: RegExp) => ({
    code: "queue_misconfigured",
    message: expect.stringMatching(message),
  });

  test("a PgBoss that is not started: the error says to start it, and it works once it is", async () => {
    const { boss } = new TestBoss(server, Version);
    const queue = pgBossQueue(boss);
    const notStarted = misconfigured(/not started, or was stopped. Run `await boss.start\(\)`/);
    await expect(enqueue(queue)).rejects.toMatchObject(notStarted);
    await expect(createPgBossQueues(boss)).rejects.toMatchObject(notStarted);
    await expect(pgBossParked(boss).list()).rejects.toMatchObject(notStarted);
    await boss.start();
    await createPgBossQueues(boss);
    expect(await enqueue(queue)).toBe("queued");
    await boss.stop({ graceful: false });
    await expect(enqueue(queue)).rejects.toMatchObject(notStarted);
  });

  test("a queue that is missing: the error names the function that makes it", async () => {
    const { boss } = new TestBoss(server, Version);
    await boss.start();
    await expect(enqueue(pgBossQueue(boss))).rejects.toMatchObject(
      misconfigured(/no queue mintfax. Run `await createPgBossQueues\(boss\)`/),
    );
  });

  test("a queue with pg-boss's own options, which give up after three attempts, is refused", async () => {
    const { boss } = new TestBoss(server, Version);
    await boss.start();
    await boss.createQueue("mintfax");
    await expect(enqueue(pgBossQueue(boss))).rejects.toMatchObject(misconfigured(/retryLimit 2/));
    await createPgBossQueues(boss);
    expect(await enqueue(pgBossQueue(boss))).toBe("queued");
  });

  test("a queue with a policy that refuses messages is refused", async () => {
    const { boss } = new TestBoss(server, Version);
    await boss.start();
    await boss.createQueue("mintfax", { policy: "short" });
    await expect(createPgBossQueues(boss)).rejects.toMatchObject(misconfigured(/policy short/));
    await expect(enqueue(pgBossQueue(boss))).rejects.toMatchObject(misconfigured(/policy short/));
  });

  test("pg-boss's tables are dropped under it: the error says so", async () => {
    const { boss, schema, sql } = await TestBoss.start(server, Version).then((test) =>
      Object.assign(test, { sql: test.sql.bind(test) }),
    );
    const queue = pgBossQueue(boss);
    await sql(`DROP SCHEMA ${schema} CASCADE`, []);
    await expect(enqueue(queue)).rejects.toMatchObject(misconfigured(/tables are not in this database/));
    await expect(createPgBossQueues(boss)).rejects.toMatchObject(misconfigured(/tables are not/));
    await expect(pgBossParked(boss, { schema }).list()).rejects.toMatchObject(
      misconfigured(/tables are not/),
    );
  });

  test("parked messages of another schema than pg-boss's: the error says so", async () => {
    const { boss } = await TestBoss.start(server, Version);
    await expect(pgBossParked(boss, { schema: "elsewhere" }).list()).rejects.toMatchObject(
      misconfigured(/tables are not in this database.*schema/),
    );
  });
});

test("PostgreSQL that cannot be reached is unavailable, by address", async () => {
  const boss = silent(new PgBoss({ db: unreachable() }));
  await expect(createPgBossQueues(boss)).rejects.toMatchObject({
    code: "queue_unavailable",
    message: expect.stringContaining("ECONNREFUSED at 127.0.0.1:1"),
  });
});

function unreachable() {
  const pool = new Pool({ connectionString: URL });
  return { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
}
