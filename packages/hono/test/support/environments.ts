/** A Worker that is deployed to several environments, each with a secret of its own. */
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

type Bindings = { MINTFAX_WEBHOOK_SECRET: string };

const fromBindings = mintfaxWebhooks<{ Bindings: Bindings }>((c) => ({
  secret: c.env.MINTFAX_WEBHOOK_SECRET,
})).on("*", () => {});

/** As in the environments, but known while the Worker starts, when little is allowed. */
const fromCode = mintfaxWebhooks({ secret: "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5" }).on("*", () => {});

const app: Hono<{ Bindings: Bindings }> = new Hono<{ Bindings: Bindings }>()
  .use(fromBindings)
  .post("/from-code", fromCode.handler)
  .get("/from-nowhere", (c) => {
    try {
      mintfaxWebhooks();
      return c.text("It works");
    } catch (error) {
      return c.text(String(error));
    }
  })
  .get("/runtime", (c) => c.json([navigator.userAgent, typeof process]));
export default app;
