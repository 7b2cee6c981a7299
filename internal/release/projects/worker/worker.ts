import { createDurableObjectStore, type MintfaxDedupBinding } from "@mintfax-webhooks/cloudflare";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

export { MintfaxDedup } from "@mintfax-webhooks/cloudflare/durable-object";

type Bindings = { MINTFAX_WEBHOOK_SECRET: string; MINTFAX_DEDUP: MintfaxDedupBinding };

const handled: string[] = [];
const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>((c) => ({
  secret: c.env.MINTFAX_WEBHOOK_SECRET,
  store: createDurableObjectStore({ binding: c.env.MINTFAX_DEDUP }),
})).on("fax.delivered", ({ id, data: { object: fax } }) => {
  // @ts-expect-error: a fax has no such field
  fax.page_count;
  handled.push(id);
});

export default new Hono<{ Bindings: Bindings }>().use(webhooks).get("/handled", (c) => c.json(handled));
