import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { LEASE_MS } from "../terms.ts";
import { type Engine, ignore } from "./engine.ts";

const CONCURRENCY = 20;
const STALLED_INTERVAL_MS = 1_000;

export const BULLMQ: Engine = {
  async open({ url, name }) {
    const connection = { url };
    const client = new Redis(url).on("error", ignore);
    const queue = new Queue("mintfax", { connection, prefix: name });
    queue.on("error", ignore);
    return {
      store: createRedisStore({ client }),
      queue: bullmqQueue(queue),
      async startWorker(worker) {
        const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), {
          ...bullmqWorkerOptions(),
          connection,
          prefix: name,
          concurrency: CONCURRENCY,
          // As long as a claim, as the default is.
          lockDuration: LEASE_MS,
          stalledInterval: STALLED_INTERVAL_MS,
        });
        bullmqWorker.on("error", ignore);
        await bullmqWorker.waitUntilReady();
        return () => bullmqWorker.close();
      },
    };
  },
  tables({ url, name }) {
    const queue = new Queue("mintfax", { connection: { url }, prefix: name });
    queue.on("error", ignore);
    return {
      async prepare() {},
      async held() {
        const counts = await queue.getJobCounts("waiting", "active", "delayed", "failed");
        const { waiting = 0, active = 0, delayed = 0, failed = 0 } = counts;
        return { live: waiting + active + delayed, parked: failed };
      },
      close: () => queue.close(),
    };
  },
};
