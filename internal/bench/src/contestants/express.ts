import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { Webhooks as polarWebhooks } from "@polar-sh/express";
import express from "express";
import { Webhook } from "standardwebhooks";
import { KEY, PATH, SECRET } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { type GuideEvent, handleByGuide } from "./guide.ts";
import { answerNatively } from "./native.ts";
import { use } from "./use.ts";

const raw = express.raw({ type: "application/json" });

/** Made once, though guides tend to make one for each delivery: that would only slow them down. */
const webhook = new Webhook(SECRET);

export const floor: MakeListener = () =>
  express().post(PATH, raw, (req, res) => {
    use(req.body);
    res.json({ received: true });
  });

/** Without what `res.json` does beside: an ETag, a content type, a look at whether the client's copy is fresh. */
export const end: MakeListener = () =>
  express().post(PATH, raw, (req, res) => {
    use(req.body);
    res.end("ok");
  });

export const guide: MakeListener = (count) =>
  express().post(PATH, raw, async (req, res) => {
    let event: GuideEvent;
    try {
      event = webhook.verify(req.body, req.headers as Record<string, string>) as GuideEvent;
    } catch {
      res.status(400).json({ error: "invalid signature" });
      return;
    }
    await handleByGuide(event, (pages) => {
      use(pages);
      count();
    });
    res.json({ received: true });
  });

export const native: MakeListener = (count) =>
  express().post(PATH, (req, res) => answerNatively(req, res, count));

/** As its README has it. It parses the body, writes it again, and verifies that. */
export const polar: MakeListener = (count) =>
  express()
    .use(express.json())
    .post(
      PATH,
      polarWebhooks({
        webhookSecret: KEY,
        onCustomerCreated: async ({ data }) => {
          use(data.email);
          count();
        },
      }),
    );

export const mintfax: MakeListener = (count) =>
  express().use(
    mintfaxWebhooks({ secret: SECRET }).on("fax.delivered", async ({ data: { object: fax } }) => {
      use(fax.pages);
      count();
    }),
  );
