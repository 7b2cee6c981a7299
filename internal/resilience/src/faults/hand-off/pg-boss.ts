import {
  createPgBossQueues,
  type PgBossLike,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import { PgBoss } from "pg-boss";
import { DEADLINE_MS } from "../terms.ts";
import { type Engine, ignore } from "./engine.ts";
import { noteJobs, poolOf, storeOn, tablesOf } from "./postgres.ts";
import type { EnginePlace } from "./settings.ts";

/** Each takes no job before all of its batch are settled. */
const BATCHES = 3;
const BATCH_SIZE = 4;

async function bossOf({ url, name }: EnginePlace, supervise: boolean): Promise<PgBoss & PgBossLike> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: `${name} ${process.pid}`,
    schema: name,
    schedule: false,
    supervise,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    max: 5,
  }) as PgBoss & PgBossLike;
  boss.on("error", ignore);
  await boss.start();
  return boss;
}

export const PG_BOSS: Engine = {
  async open(place) {
    const boss = await bossOf(place, true);
    const pool = poolOf(place);
    return {
      store: storeOn(pool),
      queue: pgBossQueue(boss),
      async startWorker(worker) {
        const options = {
          includeMetadata: true,
          batchSize: BATCH_SIZE,
          pollingIntervalSeconds: 0.5,
        } as const;
        for (let batch = 0; batch < BATCHES; batch++) {
          await boss.work("mintfax", options, pgBossProcessor(worker, boss));
        }
        return () => boss.stop({ graceful: true, timeout: 15_000 });
      },
    };
  },
  tables(place) {
    const { name: schema } = place;
    return tablesOf(
      place,
      async (pool) => {
        const boss = await bossOf(place, false);
        await createPgBossQueues(boss, { deadlineMs: DEADLINE_MS });
        await boss.stop({ graceful: false });
        await pool.query(
          noteJobs(`${schema}.job`, "NEW.data->>'id'", "NEW.name = 'mintfax' AND NEW.state = 'created'"),
        );
      },
      `SELECT count(*) FILTER (WHERE name = 'mintfax' AND state < 'completed') AS live,
        count(*) FILTER (WHERE name = 'mintfax-parked' OR state = 'failed') AS parked FROM ${schema}.job`,
    );
  },
};
