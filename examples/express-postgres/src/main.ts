import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import express from "express";
import { openDatabase } from "./database.ts";
import { Orders } from "./orders.ts";

const { DATABASE_URL, PORT = "3000", HOST = "127.0.0.1" } = process.env;
const database = await openDatabase(DATABASE_URL);
const orders = await Orders.open(database.pool);
const store = createPostgresTransactionalStore({ pool: database.pool });
await store.migrate();
setInterval(() => store.deleteExpired().catch(console.error), 3_600_000).unref();

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax. What a handler writes
// through `tx` is committed together with "this event is done", or not at all.
const webhooks = mintfaxWebhooks({ store, onOutcome: print, onLateOutcome: print })
  .on("fax.*", (event, { tx }) => orders.follow(tx, event))
  .on("balance.low", (_, { tx }) => orders.orderTopUp(tx));

const app = express();
app.use(webhooks); // before any body parser
app.get("/orders", async (_req, res) => {
  res.json(await orders.overview());
});
app.put("/orders/:number", async (req, res) => {
  await orders.add(req.params.number);
  res.sendStatus(201);
});

const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// Deliveries that have begun are finished and answered. After that, nothing needs the database.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  await database.close();
  print({ drained: true });
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
