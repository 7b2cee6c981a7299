import type { RequestListener } from "node:http";
import { mintfaxWebhooks } from "@mintfax-webhooks/fastify";
import Fastify, { type FastifyInstance } from "fastify";
import { Webhook } from "standardwebhooks";
import { SECRET } from "../terms.ts";
import type { MakeListener } from "./contestant.ts";
import { type GuideEvent, handleByGuide } from "./guide.ts";
import { verifyNatively } from "./native.ts";
import { use } from "./use.ts";

const PATH = "/webhooks/mintfax";
/** Made once, though guides tend to make one for each delivery: that would only slow them down. */
const webhook = new Webhook(SECRET);

export const floor: MakeListener = () => {
  const app = withBytes();
  app.post(PATH, async ({ body }) => {
    use(body);
    return { received: true };
  });
  return listenerOf(app);
};

export const guide: MakeListener = (count) => {
  const app = withBytes();
  app.post<{ Body: Buffer }>(PATH, async ({ body, headers }, reply) => {
    let event: GuideEvent;
    try {
      event = webhook.verify(body.toString("utf8"), headers as Record<string, string>) as GuideEvent;
    } catch {
      return reply.code(400).send({ error: "invalid signature" });
    }
    await handleByGuide(event, (pages) => {
      use(pages);
      count();
    });
    return { received: true };
  });
  return listenerOf(app);
};

export const native: MakeListener = (count) => {
  const app = withBytes();
  app.post<{ Body: Buffer }>(PATH, async ({ body, headers }, reply) => {
    const event = verifyNatively((name) => headers[name], body);
    if (event === undefined) return reply.code(400).send();
    await handleByGuide(event, (pages) => {
      use(pages);
      count();
    });
    return { received: true };
  });
  return listenerOf(app);
};

export const mintfax: MakeListener = (count) => {
  const app = Fastify();
  const webhooks = mintfaxWebhooks({ secret: SECRET });
  app.register(
    webhooks.on("fax.delivered", async ({ data: { object: fax } }) => {
      use(fax.pages);
      count();
    }),
  );
  return listenerOf(app);
};

/** Bodies as bytes, as guides for Fastify have it. */
function withBytes(): FastifyInstance {
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, body),
  );
  return app;
}

async function listenerOf(app: FastifyInstance): Promise<RequestListener> {
  await app.ready();
  return app.routing;
}
