import { checkSetup, createMemoryStore, createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import express from "express";
import { Orders } from "./orders.ts";

const { DATABASE_FILE, PORT = "3000", HOST = "127.0.0.1" } = process.env;
const orders = new Orders();
// The store of this process's memory, which is the default, forgets at a restart which events were processed.
const store = DATABASE_FILE === undefined ? createMemoryStore() : createSqliteStore(DATABASE_FILE);

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ store, onOutcome: print, onLateOutcome: print })
  .on("fax.*", (event) => orders.follow(event))
  .on("balance.low", () => orders.orderTopUp());

const app = express();
app.use(webhooks); // before any body parser
app.use(express.json());
app.get("/orders", (_req, res) => {
  res.json(orders.overview());
});
app.get("/ready", async (_req, res) => {
  const { ready, findings } = await checkSetup(webhooks);
  const red = findings.filter(({ ok }) => ok === false);
  res.status(ready ? 200 : 503).json(red.map(({ code }) => code));
});
app.put("/orders/:number", (req, res) => {
  orders.add(req.params.number);
  res.sendStatus(201);
});

const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// Deliveries that have begun are finished and answered.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => print({ drained: true }) }));

function print(record: object): void {
  console.log(JSON.stringify(record));
}
