import { bullmqProcessor, bullmqQueue, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { type Processor, Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { type BenchEngine, CONCURRENCY, type Stop } from "./engine.ts";

export async function openBullmq(url: string): Promise<BenchEngine> {
  const connection = { url };
  const queue = new Queue("mintfax", { connection });
  await queue.waitUntilReady();
  const start = async (processor: Processor, options: object): Promise<Stop> => {
    const worker = new Worker("mintfax", processor, { ...options, connection, concurrency: CONCURRENCY });
    await worker.waitUntilReady();
    return () => worker.close();
  };
  return {
    queue: bullmqQueue(queue),
    store: createRedisStore({ client: new Redis(url), timeoutMs: 5_000 }),
    // Kept for as long as ours: to remove a job at once would be another promise.
    add: (jobId, message) =>
      queue.add(message.type, message, { jobId, attempts: 20, removeOnComplete: { age: 86_400 } }),
    workBare: (handle) => start(async ({ data }) => handle(data), {}),
    work: (worker) => start(bullmqProcessor(worker) as Processor, bullmqWorkerOptions()),
    clear: () => queue.obliterate({ force: true }),
  };
}
