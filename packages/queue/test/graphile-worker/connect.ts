import { createPostgresStore } from "@mintfax-webhooks/postgres";
import {
  graphileWorkerQueue,
  graphileWorkerTask,
  graphileWorkerUnlock,
} from "@mintfax-webhooks/queue/graphile-worker";
import type { Connection } from "conformance/hand-off";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import { Logger, run } from "graphile-worker";
import type { Pool } from "pg";
import { poolOn } from "../postgres/support/pool.ts";

/** A queue and a store, by the schema that has both. */
export interface Place {
  readonly url: string;
  readonly schema: string;
  readonly retryForMs?: number | undefined;
}

export interface GraphileWorkerConnection extends Connection {
  readonly pool: Pool;
}

/** @param place JSON of a {@link Place} */
export async function connect(place: string): Promise<GraphileWorkerConnection> {
  const { url, schema, retryForMs } = JSON.parse(place) as Place;
  const pool = poolOn(url);
  const store = createPostgresStore({ pool, schema, timeoutMs: 5_000 });
  return {
    pool,
    queue: graphileWorkerQueue(pool, { schema, ...(retryForMs !== undefined && { retryForMs }) }),
    store,
    async startWorker(setup) {
      const worker = createSuiteWorker(setup, store);
      const runner = await run({
        pgPool: pool,
        schema,
        logger: new Logger(() => () => {}),
        taskList: { mintfax: graphileWorkerTask(worker, { schema }) },
        concurrency: 10,
        pollInterval: 50,
        noHandleSignals: true,
      });
      const unlocking = setInterval(() => graphileWorkerUnlock(pool, { schema }).catch(ignore), 50);
      return {
        async stop() {
          clearInterval(unlocking);
          await runner.stop();
          await worker.drain();
        },
      };
    },
    close: () => pool.end(),
  };
}

/** The server may be down; what counts is what becomes of events. */
function ignore(): void {}
