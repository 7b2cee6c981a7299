import { serve } from "@hono/node-server";
import { MintfaxWebhookError, mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";
import required from "./required.cjs";

if (required.MintfaxWebhookError !== MintfaxWebhookError) throw new Error("two copies of core");

const handled = [];
const webhooks = mintfaxWebhooks().on("fax.delivered", ({ id }) => {
  handled.push(id);
});

const app = new Hono().use(webhooks).get("/handled", (c) => c.json(handled));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
