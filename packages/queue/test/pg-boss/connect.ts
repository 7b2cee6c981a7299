import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { type PgBossLike, pgBossProcessor, pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import type { Connection } from "conformance/hand-off";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import type { Pool } from "pg";
import { PgBoss } from "pg-boss";
import { poolOn } from "../postgres/support/pool.ts";

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
  const pool = poolOn(url);
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
      // Several, since one takes no message before all of its batch are settled.
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
