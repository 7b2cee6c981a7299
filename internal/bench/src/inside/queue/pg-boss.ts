import { createPostgresStore } from "@mintfax-webhooks/postgres";
import type { QueuedMessage } from "@mintfax-webhooks/queue";
import {
  createPgBossQueues,
  type PgBossLike,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import { Pool } from "pg";
import { PgBoss, type WorkHandler } from "pg-boss";
import { type BenchEngine, CONCURRENCY, type Stop } from "./engine.ts";

/** Fetches the next batch at once while batches are full. Without it, both would be as fast as their interval of polling. */
const OPTIONS = { batchSize: CONCURRENCY, burstWhenBatchFull: true };

export async function openPgBoss(url: string): Promise<BenchEngine> {
  const boss = new PgBoss({ connectionString: url, schedule: false, supervise: false }) as PgBoss &
    PgBossLike;
  boss.on("error", (error) => console.error(error.message));
  await boss.start();
  await createPgBossQueues(boss);
  const store = createPostgresStore({
    pool: new Pool({ connectionString: url }),
    table: "boss_leases",
    timeoutMs: 5_000,
  });
  await store.migrate();
  const start = async (options: object, handler: WorkHandler<object>): Promise<Stop> => {
    await boss.work("mintfax", { ...OPTIONS, ...options }, handler);
    return () => boss.offWork("mintfax");
  };
  return {
    queue: pgBossQueue(boss),
    store,
    add: (_, message) => boss.send("mintfax", message),
    workBare: (handle) =>
      start({}, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => handle(data as QueuedMessage)));
      }),
    work: (worker) => start({ includeMetadata: true }, pgBossProcessor(worker, boss) as WorkHandler<object>),
    clear: () => boss.deleteAllJobs("mintfax"),
  };
}
