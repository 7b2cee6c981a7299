import { Hono } from "hono";
import { Webhook } from "standardwebhooks";
import { type GuideEvent, handleByGuide } from "../contestants/guide.ts";
import { use } from "../contestants/use.ts";
import { PATH } from "../terms.ts";

interface Env {
  readonly Bindings: { readonly MINTFAX_WEBHOOK_SECRET: string };
}

const app: Hono<Env> = new Hono<Env>();
app.post(PATH, async (c) => {
  const webhook = new Webhook(c.env.MINTFAX_WEBHOOK_SECRET);
  let event: GuideEvent;
  try {
    event = webhook.verify(await c.req.text(), c.req.header()) as GuideEvent;
  } catch {
    return c.json({ error: "invalid signature" }, 400);
  }
  await handleByGuide(event, use);
  return c.json({ received: true });
});
export default app;
