import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

const handled: string[] = [];
const webhooks = mintfaxWebhooks().on("fax.delivered", ({ id }) => {
  handled.push(id);
});

const app = new Hono().use(webhooks).get("/handled", (c) => c.json(handled));
const server = Bun.serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${server.port}`);
