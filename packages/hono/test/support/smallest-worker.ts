/** What a Worker cannot do without, to see what comes with it. */
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

type Bindings = { MINTFAX_WEBHOOK_SECRET: string };

const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET }));

const app: Hono<{ Bindings: Bindings }> = new Hono<{ Bindings: Bindings }>().use(webhooks);
export default app;
