import {
  graphileWorkerQueue,
  graphileWorkerTask,
  graphileWorkerUnlock,
} from "@mintfax-webhooks/queue/graphile-worker";
import { Logger, run, runMigrations } from "graphile-worker";
import { type Engine, ignore } from "./engine.ts";
import { noteJobs, poolOf, storeOn, tablesOf } from "./postgres.ts";

const CONCURRENCY = 5;
const UNLOCK_EVERY_MS = 5_000;
const SILENT = new Logger(() => ignore);

export const GRAPHILE_WORKER: Engine = {
  async open(place) {
    const schema = place.name;
    const pool = poolOf(place);
    return {
      store: storeOn(pool),
      queue: graphileWorkerQueue(pool, { schema }),
      async startWorker(worker) {
        const runner = await run({
          pgPool: poolOf(place),
          schema,
          logger: SILENT,
          taskList: { mintfax: graphileWorkerTask(worker, { schema }) },
          concurrency: CONCURRENCY,
          pollInterval: 500,
          noHandleSignals: true,
        });
        const unlocking = setInterval(
          () => graphileWorkerUnlock(pool, { schema }).catch(ignore),
          UNLOCK_EVERY_MS,
        );
        return async () => {
          clearInterval(unlocking);
          await runner.stop();
        };
      },
    };
  },
  tables(place) {
    const { name: schema } = place;
    return tablesOf(
      place,
      async (pool) => {
        await runMigrations({ pgPool: pool, schema, logger: SILENT });
        await pool.query(noteJobs(`${schema}._private_jobs`, "NEW.payload->>'id'", "true"));
      },
      `SELECT count(*) FILTER (WHERE attempts < max_attempts) AS live,
        count(*) FILTER (WHERE attempts >= max_attempts) AS parked FROM ${schema}._private_jobs`,
    );
  },
};
