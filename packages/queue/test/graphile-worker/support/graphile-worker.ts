import type { Worker } from "@mintfax-webhooks/queue";
import { graphileWorkerTask } from "@mintfax-webhooks/queue/graphile-worker";
import * as highest from "graphile-worker";
import * as lowest from "graphile-worker016";
import type { Pool } from "pg";
import { onTestFinished } from "vitest";

export interface Version {
  readonly schema: string;
  migrate(pool: Pool): Promise<void>;
  /** Runs the worker until the test ends, or until the returned function is called. */
  work(pool: Pool, worker: Pick<Worker, "process">): Promise<() => Promise<void>>;
}

/** Both ends of the range of the peer dependency, in a schema each. */
export const VERSIONS: Readonly<Record<string, Version>> = {
  "graphile-worker 0.16": version("graphile_worker_016", lowest as unknown as typeof highest),
  "graphile-worker 0.18": version("graphile_worker", highest),
};

function version(schema: string, { run, runMigrations, Logger }: typeof highest): Version {
  const logger = new Logger(() => () => {});
  return {
    schema,
    migrate: (pgPool) => runMigrations({ pgPool, schema, logger }),
    async work(pgPool, worker) {
      const runner = await run({
        pgPool,
        schema,
        logger,
        taskList: { mintfax: graphileWorkerTask(worker, { schema }) },
        concurrency: 4,
        pollInterval: 50,
        noHandleSignals: true,
      });
      let stopped: Promise<void> | undefined;
      const stop = (): Promise<void> => {
        stopped ??= runner.stop();
        return stopped;
      };
      onTestFinished(stop);
      return stop;
    },
  };
}
