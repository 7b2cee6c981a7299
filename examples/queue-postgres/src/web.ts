/** Takes deliveries. mintfax is answered once the event is committed to pg-boss's table. */
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { handOff } from "@mintfax-webhooks/queue";
import { pgBossQueue } from "@mintfax-webhooks/queue/pg-boss";
import express from "express";
import { openBoss, pool, print } from "./database.ts";
import { Orders } from "./orders.ts";
import { seal } from "./seal.ts";

// It only sends: the workers look after the jobs.
const boss = openBoss({ migrate: false, supervise: false, max: 2 });
await boss.start();
const orders = new Orders(pool);

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax. The claim, the message and
// "this event is done" are one commit.
const webhooks = mintfaxWebhooks({
  store: createPostgresTransactionalStore({ pool }),
  onOutcome: print,
  onLateOutcome: print,
}).on("*", handOff(pgBossQueue(boss), { seal }));

const app = express();
app.use(webhooks); // before any body parser
app.get("/orders", async (_req, res) => {
  res.json(await orders.overview());
});
app.put("/orders/:number", async (req, res) => {
  await orders.add(req.params.number);
  res.sendStatus(201);
});

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// Deliveries that have begun are finished and answered. After that, nothing needs the database.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  await boss.stop();
  await pool.end();
}
