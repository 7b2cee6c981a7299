import { createDurableObjectStore, type MintfaxDedupBinding } from "@mintfax-webhooks/cloudflare";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

// Remembers processed ids, each in an object of its own.
export { MintfaxDedup } from "@mintfax-webhooks/cloudflare/durable-object";

interface Bindings {
  readonly MINTFAX_WEBHOOK_SECRET: string;
  readonly MINTFAX_DEDUP: MintfaxDedupBinding;
}

// Deliveries arrive at POST /webhooks/mintfax.
const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>((c) => ({
  secret: c.env.MINTFAX_WEBHOOK_SECRET,
  store: createDurableObjectStore({ binding: c.env.MINTFAX_DEDUP }),
  onOutcome: print,
  onLateOutcome: print,
})).on("fax.delivered", ({ data: { object: fax } }) => {
  arrived.push(fax.id);
});

/** Faxes that have arrived, as far as this isolate knows. In a real application: a table of its database. */
const arrived: string[] = [];

const app: Hono<{ Bindings: Bindings }> = new Hono();
app.use(webhooks); // before middleware that reads the body
app.get("/", (c) => c.json(arrived));

export default app;

function print(record: object): void {
  console.log(JSON.stringify(record));
}
