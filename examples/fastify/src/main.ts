import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/fastify";
import Fastify from "fastify";

/** Faxes that have arrived. In a real application: a table of its database. */
const arrived: string[] = [];

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks({ onOutcome: print, onLateOutcome: print }).on(
  "fax.delivered",
  ({ data: { object: fax } }) => {
    arrived.push(fax.id);
  },
);

const app = Fastify();
app.register(webhooks);
app.get("/", async () => arrived);
app.addHook("onClose", async () => print({ drained: true }));

// Deliveries that have begun are finished and answered; then the hooks of onClose run.
process.on("SIGTERM", createShutdown(app.server, webhooks, { afterwards: () => app.close() }));

const { PORT = "3000", HOST = "127.0.0.1" } = process.env;
await app.listen({ port: Number(PORT), host: HOST });
print({ listening: app.server.address() });

function print(record: object): void {
  console.log(JSON.stringify(record));
}
