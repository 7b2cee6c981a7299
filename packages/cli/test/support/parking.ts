import { createFetchHandler, createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, handOff, type Queue, type Seal } from "@mintfax-webhooks/queue";
import {
  bullmqParked,
  bullmqProcessor,
  bullmqQueue,
  bullmqWorkerOptions,
} from "@mintfax-webhooks/queue/bullmq";
import {
  graphileWorkerParked,
  graphileWorkerQueue,
  graphileWorkerTask,
} from "@mintfax-webhooks/queue/graphile-worker";
import {
  createPgBossQueues,
  type PgBossLike,
  pgBossParked,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import * as bullmq from "bullmq";
import { Logger, run, runMigrations } from "graphile-worker";
import { Pool } from "pg";
import { PgBoss } from "pg-boss";
import { PostgresServer } from "test-support/postgres-server";
import { RedisServer } from "test-support/redis-server";
import { expect, vi } from "vitest";
import { SECRET } from "./cli.ts";

type Worker = ReturnType<typeof createWorker>;
type Parked = ReturnType<typeof bullmqParked>;

/** An engine on a server of its own. */
export interface Engine {
  readonly url: string;
  readonly queue: Queue;
  readonly parked: Parked;
  /** Starts the engine's worker. @returns ends it */
  work(worker: Worker): Promise<() => Promise<unknown>>;
  stop(): Promise<void>;
}

export async function bullmqEngine(): Promise<Engine> {
  const server = await RedisServer.start("--appendonly", "yes");
  const connection = { url: server.url };
  const queue = new bullmq.Queue("mintfax", { connection });
  return {
    url: server.url,
    queue: bullmqQueue(queue),
    parked: bullmqParked(queue),
    async work(worker) {
      const options = { ...bullmqWorkerOptions(), connection, drainDelay: 1 };
      const bullmqWorker = new bullmq.Worker("mintfax", bullmqProcessor(worker), options);
      await bullmqWorker.waitUntilReady();
      return () => bullmqWorker.close();
    },
    async stop() {
      await queue.close();
      await server.stop();
    },
  };
}

export async function graphileWorkerEngine(): Promise<Engine> {
  const server = await PostgresServer.start();
  const pgPool = new Pool({ connectionString: server.url }).on("error", () => {});
  pgPool.on("connect", (client) => client.on("error", () => {}));
  const logger = new Logger(() => () => {});
  await runMigrations({ pgPool, logger });
  return {
    url: server.url,
    queue: graphileWorkerQueue(pgPool),
    parked: graphileWorkerParked(pgPool),
    async work(worker) {
      const taskList = { mintfax: graphileWorkerTask(worker) };
      const runner = await run({ pgPool, logger, taskList, pollInterval: 50, noHandleSignals: true });
      return () => runner.stop();
    },
    async stop() {
      await pgPool.end();
      await server.stop();
    },
  };
}

export async function pgBossEngine(): Promise<Engine> {
  const server = await PostgresServer.start();
  const boss = new PgBoss({ connectionString: server.url, schedule: false }) as PgBoss & PgBossLike;
  boss.on("error", () => {});
  await boss.start();
  await createPgBossQueues(boss);
  return {
    url: server.url,
    queue: pgBossQueue(boss),
    parked: pgBossParked(boss),
    async work(worker) {
      await boss.work(
        "mintfax",
        { includeMetadata: true, pollingIntervalSeconds: 0.5 },
        pgBossProcessor(worker, boss),
      );
      return () => boss.offWork("mintfax");
    },
    async stop() {
      await boss.stop({ graceful: false });
      await server.stop();
    },
  };
}

/** Hands events off, and has them parked by a worker that has no handler for them. */
export async function park(engine: Engine, ids: readonly string[], seal?: Seal): Promise<void> {
  const options = { secret: SECRET, store: createMemoryStore(), onOutcome: () => {} };
  const webhooks = createFetchHandler(options).on(
    "*",
    handOff(engine.queue, seal === undefined ? {} : { seal }),
  );
  const sender = createTestSender({ secret: SECRET, to: webhooks });
  for (const id of ids) {
    const tags = { patient: "Mary O'Hara", chart: "448812" };
    const { status } = await sender.attempt(eventFixture("fax.failed", { id, data: { object: { tags } } }));
    expect(status).toBe(200);
  }
  const worker = createWorker({
    store: createMemoryStore(),
    ...(seal && { seal }),
    onOutcome() {},
    onParked() {},
  });
  const stop = await engine.work(worker);
  await vi.waitFor(async () => expect(await engine.parked.list()).toHaveLength(ids.length), {
    timeout: 30_000,
  });
  await stop();
}
