import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Queue, Worker } from "bullmq";
import type { Connection } from "conformance/hand-off";
import { createSuiteWorker } from "conformance/hand-off/suite-worker";
import { Redis } from "ioredis";

/** A queue and a store, by the start of their keys. */
export interface Place {
  readonly url: string;
  readonly prefix: string;
  readonly retryForMs?: number | undefined;
}

export interface BullmqConnection extends Connection {
  readonly bullmq: Queue;
  readonly redis: Redis;
}

/** @param place JSON of a {@link Place} */
export async function connect(place: string): Promise<BullmqConnection> {
  const { url, prefix, retryForMs } = JSON.parse(place) as Place;
  const redis = new Redis(url).on("error", ignore);
  const store = createRedisStore({ client: redis, keyPrefix: `${prefix}:store:`, timeoutMs: 5_000 });
  const connection = { url };
  const bullmq = new Queue("mintfax", { connection, prefix });
  bullmq.on("error", ignore);
  return {
    bullmq,
    redis,
    queue: bullmqQueue(bullmq, retryForMs === undefined ? {} : { retryForMs }),
    store,
    async startWorker(setup) {
      const worker = createSuiteWorker(setup, store);
      const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), {
        ...bullmqWorkerOptions(),
        connection,
        prefix,
        concurrency: 10,
        stalledInterval: 50,
        drainDelay: 1,
        runRetryDelay: 100,
      });
      bullmqWorker.on("error", ignore);
      await bullmqWorker.waitUntilReady();
      return {
        async stop() {
          await bullmqWorker.close();
          await worker.drain();
        },
      };
    },
    async close() {
      await bullmq.close();
      redis.disconnect();
    },
  };
}

/** Connections break; what counts is what becomes of events. */
function ignore(): void {}
