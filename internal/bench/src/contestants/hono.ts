import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Webhooks as polarWebhooks } from "@polar-sh/hono";
import { Hono } from "hono";
import { Webhook } from "standardwebhooks";
import { KEY, PATH, SECRET } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { type GuideEvent, handleByGuide } from "./guide.ts";
import { receiveNatively } from "./native.ts";
import { use } from "./use.ts";

/** Made once, though guides tend to make one for each delivery: that would only slow them down. */
const webhook = new Webhook(SECRET);

export const floor: MakeListener = () =>
  getRequestListener(
    new Hono().post(PATH, async (c) => {
      use(await c.req.text());
      return c.text("ok");
    }).fetch,
  );

export const guide: MakeListener = (count) =>
  getRequestListener(
    new Hono().post(PATH, async (c) => {
      let event: GuideEvent;
      try {
        event = webhook.verify(await c.req.text(), c.req.header()) as GuideEvent;
      } catch {
        return c.json({ error: "invalid signature" }, 400);
      }
      await handleByGuide(event, (pages) => {
        use(pages);
        count();
      });
      return c.json({ received: true });
    }).fetch,
  );

export const native: MakeListener = (count) =>
  getRequestListener(
    new Hono<{ Bindings: HttpBindings }>().post(PATH, async (c) =>
      (await receiveNatively(c.env.incoming, count))
        ? c.json({ received: true })
        : c.json({ error: "invalid signature" }, 400),
    ).fetch,
  );

/** As its README has it. */
export const polar: MakeListener = (count) =>
  getRequestListener(
    new Hono().post(
      PATH,
      polarWebhooks({
        webhookSecret: KEY,
        onCustomerCreated: async ({ data }) => {
          use(data.email);
          count();
        },
      }),
    ).fetch,
  );

export const mintfax: MakeListener = (count) =>
  getRequestListener(
    new Hono().use(
      mintfaxWebhooks({ secret: SECRET }).on("fax.delivered", async ({ data: { object: fax } }) => {
        use(fax.pages);
        count();
      }),
    ).fetch,
  );
