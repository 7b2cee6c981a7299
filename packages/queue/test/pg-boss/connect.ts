import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { type PgBossLike, pgBossProcessor, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import type { Connection } from "conformance/hand-off";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import { Pool } from "pg";
import { PgBoss } from "pg-boss";

/** A queue and a store, by the schema that both are in. */
export interface Place {
  readonly url: string;
  readonly schema: string;
  readonly retryForMs?: number | undefined;
}

export interface PgBossConnection extends Connection {
  readonly boss: PgBoss & PgBossLike;
  readonly pool: Pool;
}

/** pg-boss does not look for jobs more often than twice a second by itself. */
const NOTIFY_MS = 50;

/** @param place JSON of a {@link Place} */
export async function connect(place: string): Promise<PgBossConnection> {
  const { url, schema, retryForMs } = JSON.parse(place) as Place;
  const pool = new Pool({ connectionString: url, max: 10 });
  pool.on("error", ignore).on("connect", (client) => client.on("error", ignore));
  const store = createPostgresStore({ pool, schema, timeoutMs: 5_000 });
  const boss = new PgBoss({ connectionString: url, schema, schedule: false }) as PgBoss & PgBossLike;
  boss.on("error", ignore);
  await boss.start();
  return {
    boss,
    pool,
    queue: pgBossQueue(boss),
    store,
    async startWorker(setup) {
      const worker = createSuiteWorker(setup, store);
      const options = retryForMs === undefined ? {} : { retryForMs };
      const processor = pgBossProcessor(worker, boss, options);
      // Each takes one message at a time, so that none waits for the slowest of a batch.
      const works = await Promise.all(
        Array.from({ length: 4 }, () =>
          boss.work("mintfax", { includeMetadata: true, batchSize: 3 }, processor),
        ),
      );
      const notifying = setInterval(() => {
        for (const id of works) boss.notifyWorker(id);
      }, NOTIFY_MS);
      return {
        async stop() {
          await boss.offWork("mintfax");
          clearInterval(notifying);
          await worker.drain();
        },
      };
    },
    async close() {
      await boss.stop({ graceful: false }).catch(ignore);
      await pool.end();
    },
  };
}

/** Connections break; what counts is what becomes of events. */
function ignore(): void {}
