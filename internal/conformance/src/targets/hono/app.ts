import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono, type MiddlewareHandler } from "hono";
import { createSuiteApp, type Lane, type SuiteApp } from "../../adapter-suite/app/index.ts";

/** The server under test, as it is on Node and in workerd alike. */
export function createHonoApp(): { readonly app: Hono; readonly suite: SuiteApp } {
  const suite = createSuiteApp();
  const app = new Hono();
  for (const lane of suite.lanes) mount(app, lane);
  app.post("/echo", async (c) => c.json(await c.req.json()));
  app.get("/control/:command", async (c) => c.json(await suite.control(c.req.url)));
  return { app, suite };
}

function mount(app: Hono, { path, options, ready, mount }: Lane): void {
  const webhooks = mintfaxWebhooks(options);
  ready(webhooks);
  const { at, by, below } = mount;
  const inner = new Hono();
  if (by === "use") inner.use(webhooks);
  else if (by === "use behind a parser") inner.use(path, parse).use(webhooks);
  else if (by === "use at") inner.use(at, webhooks);
  else if (by === "use below") inner.use(`${at}/*`, webhooks);
  else if (by === "route") inner.post(at, webhooks);
  else inner.post(at, webhooks.handler);
  app.route(
    "/",
    below.reduceRight((innermost, prefix) => new Hono().route(prefix, innermost), inner),
  );
}

const parse: MiddlewareHandler = async (c, next) => {
  await c.req.json();
  await next();
};
