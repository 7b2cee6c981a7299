/** Works on events, for as long as it takes. Start as many of these as you like. */
import { createWorker } from "@mintfax-webhooks/queue";
import { bullmqProcessor, bullmqWorkerOptions } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Worker } from "bullmq";
import { connection, logError, print, redis } from "./redis.ts";
import { seal } from "./seal.ts";

const worker = createWorker({
  store: createRedisStore({ client: redis }),
  seal,
  onOutcome: print,
  onLateOutcome: print,
})
  .on("fax.delivered", async ({ data: { object: fax } }) => {
    // A set: if an event is processed twice, after a crash, it stays the same.
    await redis.sadd("clinic:arrived", fax.id);
  })
  // An event without a handler would be parked.
  .on("*", () => {});

const bullmqWorker = new Worker("mintfax", bullmqProcessor(worker), {
  ...bullmqWorkerOptions(),
  connection,
  concurrency: 10,
});
bullmqWorker.on("error", logError);

// Takes no more events, and finishes those that it has begun.
process.on("SIGTERM", async () => {
  // BullMQ waits here for a Redis that is unreachable. What is cut off is worked on again, by another worker.
  setTimeout(() => process.exit(1), 25_000).unref();
  await bullmqWorker.close();
  await worker.drain();
  redis.disconnect();
});
