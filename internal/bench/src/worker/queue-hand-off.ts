import { createMemoryStore, mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { handOff } from "@mintfax-webhooks/queue";
import { type CloudflareQueueBinding, cloudflareQueue } from "@mintfax-webhooks/queue/cloudflare";
import { type Context, Hono } from "hono";

interface Env {
  readonly Bindings: { readonly MINTFAX_WEBHOOK_SECRET: string; readonly FAXES: CloudflareQueueBinding };
}

const store = createMemoryStore();
const webhooks = mintfaxWebhooks<Env>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET, store })).on(
  "*",
  handOff(cloudflareQueue((c: Context<Env>) => c.env.FAXES)),
);
const app: Hono<Env> = new Hono<Env>();
app.use(webhooks);
export default app;
