import { mintfaxWebhooks } from "@mintfax-webhooks/koa";
import Koa from "koa";
import getRawBody from "raw-body";
import { Webhook } from "standardwebhooks";
import { SECRET } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { type GuideEvent, handleByGuide } from "./guide.ts";
import { answerNatively } from "./native.ts";
import { use } from "./use.ts";

/** Made once, though guides tend to make one for each delivery: that would only slow them down. */
const webhook = new Webhook(SECRET);

export const floor: MakeListener = () =>
  new Koa()
    .use(async (ctx) => {
      use(await getRawBody(ctx.req));
      ctx.body = { received: true };
    })
    .callback();

export const guide: MakeListener = (count) =>
  new Koa()
    .use(async (ctx) => {
      let event: GuideEvent;
      try {
        const body = await getRawBody(ctx.req, { encoding: "utf8" });
        event = webhook.verify(body, ctx.headers as Record<string, string>) as GuideEvent;
      } catch {
        ctx.status = 400;
        ctx.body = { error: "invalid signature" };
        return;
      }
      await handleByGuide(event, (pages) => {
        use(pages);
        count();
      });
      ctx.body = { received: true };
    })
    .callback();

export const native: MakeListener = (count) =>
  new Koa()
    .use(async (ctx) => {
      await answerNatively(ctx.req, ctx.res, count);
      ctx.respond = false;
    })
    .callback();

export const mintfax: MakeListener = (count) =>
  new Koa()
    .use(
      mintfaxWebhooks({ secret: SECRET }).on("fax.delivered", async ({ data: { object: fax } }) => {
        use(fax.pages);
        count();
      }),
    )
    .callback();
