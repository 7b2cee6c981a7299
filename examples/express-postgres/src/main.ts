import { createCatchUp } from "@mintfax-webhooks/catch-up";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createFaxWatch, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import express from "express";
import { keepCatchingUp } from "./catch-up.ts";
import { openDatabase } from "./database.ts";
import { sendFax } from "./mintfax.ts";
import { Orders } from "./orders.ts";

const { DATABASE_URL, PORT = "3000", HOST = "127.0.0.1" } = process.env;
const { MINTFAX_API_KEY, MINTFAX_BASE_URL, MINTFAX_ENDPOINT } = process.env;
const database = await openDatabase(DATABASE_URL);
const { pool } = database;
const orders = await Orders.open(pool);
const store = createPostgresTransactionalStore({ pool });
const watch = createFaxWatch({ pool });
await store.migrate();
await watch.migrate();
setInterval(() => {
  store.deleteExpired().catch(console.error);
  watch.deleteExpired().catch(console.error);
}, 3_600_000).unref();

// The secret comes from MINTFAX_WEBHOOK_SECRET; deliveries arrive at POST /webhooks/mintfax. What a handler writes
// through `tx` is committed together with "this event is done", or not at all.
const webhooks = mintfaxWebhooks({ store, onOutcome: print, onLateOutcome: print })
  .on("fax.*", async (event, context) => {
    await orders.follow(context.tx, event);
    await watch.settle(event, context);
  })
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
app.post("/orders/:number/fax", express.json(), async (req, res) => {
  const { number } = req.params;
  await orders.add(number); // before the fax: its first event may arrive before mintfax's answer
  const fax = await sendFax(number, req.body.to, new Blob(["%PDF-1.7"]));
  await orders.faxed(number, fax, (tx) => watch.expect(fax, { by: inHalfAnHour(), tx }));
  res.status(201).json({ fax });
});

const server = app.listen(Number(PORT), HOST, () => print({ listening: server.address() }));

// What was missed while no process ran is sent again by mintfax, so the server listens first.
const stop = new AbortController();
const catchingUp =
  MINTFAX_ENDPOINT === undefined
    ? Promise.resolve()
    : keepCatchingUp(
        createCatchUp({
          endpoint: MINTFAX_ENDPOINT,
          ...(MINTFAX_API_KEY !== undefined && { apiKey: MINTFAX_API_KEY }),
          ...(MINTFAX_BASE_URL !== undefined && { baseUrl: MINTFAX_BASE_URL }),
          outstanding: watch.outstanding,
          // Final at mintfax, and no event has come: the status is all that is sure to be there.
          async onMissing({ id, status }) {
            await orders.end(id, status);
            await watch.dismiss(id);
          },
        }),
        pool,
        stop.signal,
        print,
      );

// Deliveries that have begun are finished and answered. After that, nothing needs the database.
process.on("SIGTERM", createShutdown(server, webhooks, { afterwards }));

async function afterwards(): Promise<void> {
  stop.abort();
  await catchingUp;
  await database.close();
  print({ drained: true });
}

function inHalfAnHour(): Date {
  return new Date(Date.now() + 30 * 60_000);
}

function print(record: object): void {
  console.log(JSON.stringify(record));
}
