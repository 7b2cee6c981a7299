import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import express from "express";
import { createConsoleLog } from "./console-log.ts";
import { logOutcomes } from "./log-outcome.ts";
import { createPinoLog } from "./pino-log.ts";

const log = process.argv[2] === "console" ? createConsoleLog() : createPinoLog();
const onOutcome = logOutcomes(log);

/** Faxes that have arrived. In a real application: a table of its database. */
const arrived: string[] = [];

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ onOutcome, onLateOutcome: onOutcome })
  .on("fax.delivered", ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  })
  .on("fax.failed", ({ data: { object: fax } }, { waitUntil }) => {
    // Applications throw such errors. This one quotes a number and a tag, which must not get into a log.
    const error = new Error(`no order ${fax.tags.order} for the fax to ${fax.to}`);
    waitUntil(Promise.reject(error));
    throw error;
  });

const app = express();
app.use(webhooks); // before any body parser
app.get("/", (_req, res) => {
  res.json(arrived);
});

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = app.listen(Number(PORT), HOST, () => log.info({ listening: server.address() }));

// Deliveries that have begun are finished and answered.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => log.info({ drained: true }) }));
