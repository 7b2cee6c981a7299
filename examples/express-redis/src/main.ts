import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createRedisStore } from "@mintfax-webhooks/redis";
import express from "express";
import { Redis } from "ioredis";
import { createRedisMock } from "js-redis-server";

/** Faxes that have arrived. A set, since a process that dies at the wrong moment has its event processed again. */
const ARRIVED = "clinic:arrived";

// Without REDIS_URL it brings its own server, in this process: enough to try it out, and gone when it ends.
const embedded = process.env.REDIS_URL === undefined ? await createRedisMock() : undefined;
const redis = new Redis(process.env.REDIS_URL ?? embedded?.url ?? "");
redis.on("error", (error) => console.error(`redis: ${error.message}`));

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({
  store: createRedisStore({ client: redis }),
  onOutcome: print,
  onLateOutcome: print,
}).on("fax.delivered", async ({ data: { object: fax } }) => {
  await redis.sadd(ARRIVED, fax.id);
});

const app = express();
app.use(webhooks); // before any body parser
app.get("/", async (_req, res) => {
  res.json(await redis.smembers(ARRIVED));
});

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// What has begun is finished and answered; then nothing needs Redis any more.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  redis.disconnect();
  await embedded?.close();
  print({ drained: true });
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
