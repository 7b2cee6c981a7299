/** Takes deliveries. mintfax is answered once Redis has stored the event. */
import { serve } from "@hono/node-server";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { createShutdown } from "@mintfax-webhooks/hono/node";
import { handOff } from "@mintfax-webhooks/queue";
import { bullmqQueue } from "@mintfax-webhooks/queue/bullmq";
import { createRedisStore } from "@mintfax-webhooks/redis";
import { Queue } from "bullmq";
import { Hono } from "hono";
import { connection, logError, print, redis } from "./redis.ts";
import { seal } from "./seal.ts";

const queue = new Queue("mintfax", { connection });
queue.on("error", logError);

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({
  store: createRedisStore({ client: redis }),
  onOutcome: print,
  onLateOutcome: print,
}).on("*", handOff(bullmqQueue(queue), { seal }));

const app = new Hono();
app.use(webhooks); // before middleware that reads the body
app.get("/", async (c) => c.json(await redis.smembers("clinic:arrived")));

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: HOST }, (address) =>
  print({ listening: address }),
);

// Deliveries that have begun are finished and answered. After that, nothing needs Redis.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  await queue.close();
  redis.disconnect();
}
