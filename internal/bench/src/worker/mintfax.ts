import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";
import { use } from "../contestants/use.ts";

interface Env {
  readonly Bindings: { readonly MINTFAX_WEBHOOK_SECRET: string };
}

const webhooks = mintfaxWebhooks<Env>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET })).on(
  "fax.delivered",
  async ({ data: { object: fax } }) => {
    use(fax.pages);
  },
);
const app: Hono<Env> = new Hono<Env>();
app.use(webhooks);
export default app;
