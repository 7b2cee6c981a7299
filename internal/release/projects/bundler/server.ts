import { serve } from "@hono/node-server";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

const handled: string[] = [];
const webhooks = mintfaxWebhooks().on("fax.delivered", ({ id, data: { object: fax } }, { platform: c }) => {
  const path: string = c.req.path;
  // @ts-expect-error: a fax has no such field
  fax.page_count;
  if (path !== "") handled.push(id);
});

const app = new Hono().use(webhooks).get("/handled", (c) => c.json(handled));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
