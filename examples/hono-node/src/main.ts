import { serve } from "@hono/node-server";
import { checkSetup, mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { createShutdown } from "@mintfax-webhooks/hono/node";
import { Hono } from "hono";

/** Faxes that have arrived. In a real application: a table of its database. */
const arrived: string[] = [];

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  },
);

const app = new Hono();
app.use(webhooks); // before middleware that reads the body
app.get("/", (c) => c.json(arrived));
app.get("/ready", async (c) => {
  const { ready, findings } = await checkSetup(webhooks);
  const red = findings.filter(({ ok }) => ok === false);
  return c.json(
    red.map(({ code }) => code),
    ready ? 200 : 503,
  );
});

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = serve({ fetch: app.fetch, port: Number(PORT), hostname: HOST }, (address) =>
  print({ listening: address }),
);

// Deliveries that have begun are finished and answered.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => print({ drained: true }) }));

function print(record: object): void {
  console.log(JSON.stringify(record));
}
