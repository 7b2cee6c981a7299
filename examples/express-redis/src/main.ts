import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createRedisStore } from "@mintfax-webhooks/redis";
import express from "express";
import { Redis } from "ioredis";
import { createRedisMock } from "js-redis-server";

/** The key of a set of faxes that have arrived: if an event is processed twice, after a crash, the set stays the same. */
const ARRIVED = "clinic:arrived";

// Without REDIS_URL, the example starts a server in this process, which ends with it.
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

// Deliveries that have begun are finished and answered. After that, nothing needs Redis.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  redis.disconnect();
  await embedded?.close();
  print({ drained: true });
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
