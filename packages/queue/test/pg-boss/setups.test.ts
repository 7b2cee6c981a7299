import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createWorker, handOff } from "@mintfax-webhooks/queue";
import {
  createPgBossQueues,
  type PgBossLike,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import { eventFixture } from "@mintfax-webhooks/testing";
import type { Pool } from "pg";
import type { PgBoss } from "pg-boss";
import { HAS_PGBOUNCER, PgBouncer } from "test-support/pgbouncer-server";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { poolOn } from "../postgres/support/pool.ts";
import { VERSIONS } from "./support/pg-boss.ts";

let server: PostgresServer;
let bouncer: PgBouncer | undefined;
beforeAll(async () => {
  server = await PostgresServer.start();
  if (HAS_PGBOUNCER) bouncer = await PgBouncer.start(server.url);
});
afterAll(async () => {
  await bouncer?.stop();
  await server.stop();
});

test("CI has PgBouncer", () => {
  expect(HAS_PGBOUNCER || process.env.CI !== "true").toBe(true);
});

let opened = 0;

/** Sends 20 events at once, each three times, and has two workers work on them. All of it on what is given. */
async function handOver(Version: typeof PgBoss, pool: Pool, options: object): Promise<void> {
  opened += 1;
  const schema = `setup_${opened}`;
  const store = createPostgresTransactionalStore({ pool, schema, timeoutMs: 5_000 });
  const open = async (): Promise<PgBoss & PgBossLike> => {
    const boss = new Version({ schema, schedule: false, ...options }) as PgBoss & PgBossLike;
    boss.on("error", () => {});
    onTestFinished(() => boss.stop({ graceful: false }).catch(() => {}));
    await boss.start();
    return boss;
  };
  const [first, second] = [await open(), await open()];
  await createPgBossQueues(first);
  await store.migrate();
  await pool.query(`CREATE TABLE ${schema}.effects (id text)`);

  const { webhooks } = receiving({ store });
  webhooks.on("*", handOff(pgBossQueue(first)));
  const worker = createWorker({ store, onOutcome: () => {} });
  worker.on("*", async (_, { id, tx }) => {
    await tx.query(`INSERT INTO ${schema}.effects VALUES ($1)`, [id]);
  });
  const works = [first, second].map(async (boss) => {
    const id = await boss.work(
      "mintfax",
      { includeMetadata: true, batchSize: 5 },
      pgBossProcessor(worker, boss) as never,
    );
    const notifying = setInterval(() => boss.notifyWorker(id), 20);
    onTestFinished(() => clearInterval(notifying));
  });
  await Promise.all(works);

  const events = Array.from({ length: 20 }, () => eventFixture("fax.delivered"));
  const deliver = async (event: { readonly id: string }): Promise<void> => {
    while ((await webhooks(attempt(event))).status !== 200);
  };
  await Promise.all([...events, ...events, ...events].map(deliver));
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query(`SELECT id FROM ${schema}.effects ORDER BY id`);
      expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort());
    },
    { timeout: 20_000 },
  );
}

describe.each(Object.entries(VERSIONS))("%s", (_, Version) => {
  test("each event has one effect where each has a pool of one connection", async () => {
    const pool = poolOn(server.url, 1);
    onTestFinished(() => pool.end());
    await handOver(Version, pool, { connectionString: server.url, max: 1 });
  });

  test("each event has one effect where pg-boss and the store share a pool of one connection", async () => {
    const pool = poolOn(server.url, 1);
    onTestFinished(() => pool.end());
    const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
    await handOver(Version, pool, { db });
  });

  test.runIf(HAS_PGBOUNCER)("each event has one effect behind PgBouncer in transaction mode", async () => {
    const url = bouncer?.url ?? "";
    const pool = poolOn(url);
    onTestFinished(() => pool.end());
    await handOver(Version, pool, { connectionString: url });
  });
});
