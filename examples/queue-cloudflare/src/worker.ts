import { createD1Store } from "@mintfax-webhooks/cloudflare";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { createSeal, createWorker, handOff } from "@mintfax-webhooks/queue";
import {
  type CloudflareConsumer,
  cloudflareConsumer,
  cloudflareQueue,
} from "@mintfax-webhooks/queue/cloudflare";
import { Hono } from "hono";
import { type Bindings, bindings } from "./bindings.ts";
import { parkedRoutes } from "./parked-routes.ts";

const { DB, FAX_QUEUE, MINTFAX_WEBHOOK_SECRET, QUEUE_KEY } = bindings;
const store = createD1Store({ database: DB });
// Neither the queue nor D1 holds a text of a fax. The next key gets a name and a line of its own.
const seal = createSeal({ keys: { "2026-11": QUEUE_KEY }, current: "2026-11" });

// Deliveries arrive at POST /webhooks/mintfax. mintfax is answered once the queue has stored the event.
const webhooks = mintfaxWebhooks({
  secret: MINTFAX_WEBHOOK_SECRET,
  store,
  onOutcome: print,
  onLateOutcome: print,
}).on("*", handOff(cloudflareQueue(FAX_QUEUE), { seal }));

// Works on events: one that fails is tried again for 3 days.
const worker = createWorker({ store, seal, onOutcome: print, onLateOutcome: print })
  .on("fax.delivered", async ({ data: { object: fax } }) => {
    // If an event is processed twice, after a crash, the table stays the same.
    await DB.prepare("INSERT INTO arrived (fax) VALUES (?1) ON CONFLICT DO NOTHING").bind(fax.id).run();
  })
  // An event without a handler would be parked.
  .on("*", () => {});

const app: Hono = new Hono();
app.use(webhooks); // before middleware that reads the body
app.get("/", async (c) => {
  const { results } = await DB.prepare("SELECT fax FROM arrived").all<{ fax: string }>();
  return c.json(results.map(({ fax }) => fax));
});
app.route("/parked", parkedRoutes);

const handlers: {
  readonly fetch: typeof app.fetch;
  readonly queue: CloudflareConsumer<Bindings>;
  scheduled(): Promise<unknown>;
} = {
  fetch: app.fetch,
  // Both queues: the second holds messages during which Cloudflare has ended the Worker each time.
  queue: cloudflareConsumer({ worker, queue: FAX_QUEUE, database: DB, deadLetterQueue: "mintfax-dead" }),
  // Ids past their retention.
  scheduled: () => store.deleteExpired(),
};
export default handlers;

function print(record: object): void {
  console.log(JSON.stringify(record));
}
