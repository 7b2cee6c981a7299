/**
 * How many bytes an engine takes for a message that waits, with its indexes: a real Redis and a real PostgreSQL on this machine.
 *
 *   pnpm --filter @mintfax-webhooks/queue measure
 */
import { createSeal, type Queue, type QueuedMessage, type Seal } from "@mintfax-webhooks/queue";
import { bullmqQueue } from "@mintfax-webhooks/queue/bullmq";
import { graphileWorkerQueue } from "@mintfax-webhooks/queue/graphile-worker";
import { createPgBossQueues, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import { eventFixture } from "@mintfax-webhooks/testing";
import * as bullmq from "bullmq";
import { runMigrations } from "graphile-worker";
import { Redis } from "ioredis";
import { Pool } from "pg";
import { PgBoss } from "pg-boss";
import { PostgresServer } from "test-support/postgres-server";
import { RedisServer } from "test-support/redis-server";

const MESSAGES = 10_000;
const AT_ONCE = 100;

const seal = createSeal({ keys: { "2026-11": new Uint8Array(32).fill(7) }, current: "2026-11" });

async function messageOf(sealed: Seal | undefined): Promise<QueuedMessage> {
  const event = eventFixture("fax.delivered");
  const { id, type, created } = event;
  const body = JSON.stringify(event);
  const plain = {
    version: 1,
    namespace: "mintfax",
    id,
    type,
    created,
    enqueuedAt: Date.now(),
    body,
  } as const;
  return sealed === undefined ? plain : sealed.seal(plain);
}

async function measure(queue: Queue, usedBytes: () => Promise<number>): Promise<void> {
  for (const sealed of [undefined, seal]) {
    const before = await usedBytes();
    let messageBytes = 0;
    for (let stored = 0; stored < MESSAGES; stored += AT_ONCE) {
      const messages = await Promise.all(Array.from({ length: AT_ONCE }, () => messageOf(sealed)));
      messageBytes += messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0);
      const { signal } = new AbortController();
      await Promise.all(messages.map((message) => queue.enqueue(message, { tx: undefined, signal })));
    }
    const bytes = Math.round(((await usedBytes()) - before) / MESSAGES);
    const kind = sealed === undefined ? "plain " : "sealed";
    console.log(
      `${queue.engine.padEnd(16)} ${kind}  message ${Math.round(messageBytes / MESSAGES)}  stored ${bytes}`,
    );
  }
}

const redisServer = await RedisServer.start();
const redis = new Redis(redisServer.url);
const bullmqClient = new bullmq.Queue("mintfax", { connection: { url: redisServer.url } });
await measure(bullmqQueue(bullmqClient), async () =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]),
);
await bullmqClient.close();
redis.disconnect();
await redisServer.stop();

const postgres = await PostgresServer.start();
const pool = new Pool({ connectionString: postgres.url, max: 10 })
  .on("error", console.error)
  .on("connect", (client) => void client.on("error", console.error));
async function sizeOf(schema: string): Promise<number> {
  await pool.query("CHECKPOINT");
  const { rows } = await pool.query(
    "SELECT sum(pg_total_relation_size(c.oid))::float8 AS bytes FROM pg_class AS c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p')",
    [schema],
  );
  return rows[0].bytes;
}

const boss = new PgBoss({ connectionString: postgres.url }).on("error", console.error);
await boss.start();
await createPgBossQueues(boss);
await measure(pgBossQueue(boss), () => sizeOf("pgboss"));
await boss.stop({ graceful: false });

await runMigrations({ pgPool: pool });
await measure(graphileWorkerQueue(pool), () => sizeOf("graphile_worker"));
await pool.end();
await postgres.stop();
