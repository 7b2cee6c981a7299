import { createPostgresStore } from "@mintfax-webhooks/postgres";
import type { QueuedMessage } from "@mintfax-webhooks/queue";
import { graphileWorkerQueue, graphileWorkerTask } from "@mintfax-webhooks/queue/graphile-worker";
import { Logger, makeWorkerUtils, run, type Task } from "graphile-worker";
import { Pool } from "pg";
import { type BenchEngine, CONCURRENCY, type Stop } from "./engine.ts";

export async function openGraphileWorker(url: string): Promise<BenchEngine> {
  const pool = new Pool({ connectionString: url }).on("error", console.error);
  pool.on("connect", (client) => client.on("error", console.error));
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  const store = createPostgresStore({ pool, table: "graphile_leases", timeoutMs: 5_000 });
  await store.migrate();
  const start = async (mintfax: Task): Promise<Stop> => {
    const settings = { concurrency: CONCURRENCY, noHandleSignals: true };
    const runner = await run({ pgPool: pool, logger, taskList: { mintfax }, ...settings });
    return () => runner.stop();
  };
  return {
    queue: graphileWorkerQueue(pool),
    store,
    add: (jobKey, message) => utils.addJob("mintfax", message, { jobKey, jobKeyMode: "unsafe_dedupe" }),
    workBare: (handle) => start(async (message) => void (await handle(message as QueuedMessage))),
    work: (worker) => start(graphileWorkerTask(worker) as Task),
    clear: () => pool.query("DELETE FROM graphile_worker._private_jobs"),
  };
}
