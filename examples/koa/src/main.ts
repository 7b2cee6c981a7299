import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/koa";
import Koa from "koa";

/** Faxes that have arrived. In a real application: a table of its database. */
const arrived: string[] = [];

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  },
);

const app = new Koa();
app.use(webhooks); // before any body parser
app.use((ctx) => {
  ctx.body = arrived;
});

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// Deliveries that have begun are finished and answered.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards: () => print({ drained: true }) }));

function print(record: object): void {
  console.log(JSON.stringify(record));
}
