/** Works on events, for as long as it takes. Start as many of these as you like. */
import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createWorker } from "@mintfax-webhooks/queue";
import { pgBossProcessor } from "@mintfax-webhooks/queue/pg-boss";
import { openBoss, pool, print } from "./database.ts";
import { Orders } from "./orders.ts";
import { seal } from "./seal.ts";

const boss = openBoss({ migrate: false, max: 5 });
await boss.start();
const orders = new Orders(pool);
const store = createPostgresTransactionalStore({ pool });
setInterval(() => store.deleteExpired().catch(console.error), 3_600_000).unref();

// What a handler writes through `tx` is committed together with "this event is done", or not at all.
const worker = createWorker({ store, seal, onOutcome: print, onLateOutcome: print })
  .on("fax.*", (event, { tx }) => orders.follow(tx, event))
  .on("balance.low", (_, { tx }) => orders.orderTopUp(tx));

// Up to 20 events at once, each on a connection of the pool; pg-boss looks for more every 0.5 s, or at once after a full batch.
await boss.work(
  "mintfax",
  { includeMetadata: true, batchSize: 20, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
  pgBossProcessor(worker, boss),
);

// Takes no more events, and finishes those that it has begun.
process.on("SIGTERM", async () => {
  await boss.stop();
  await worker.drain();
  await pool.end();
});
