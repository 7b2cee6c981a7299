import cluster from "node:cluster";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import express from "express";
import { Arrived } from "./arrived.ts";
import { print } from "./print.ts";

const { DATABASE_FILE = "", PORT = "3000", HOST = "127.0.0.1" } = process.env;
const store = createSqliteStore(DATABASE_FILE);
const arrived = new Arrived(DATABASE_FILE);

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ store, onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => arrived.add(fax.id),
);

const app = express();
app.use(webhooks); // before any body parser
app.get("/", (_req, res) => {
  res.json(arrived.list());
});

const server = app.listen(Number(PORT), HOST);

// Deliveries that have begun are finished and answered. After that, nothing needs the file.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

function afterwards(): void {
  store.close();
  arrived.close();
  cluster.worker?.disconnect();
}
