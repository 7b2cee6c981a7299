import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import {
  createSuiteApp,
  type Lane,
  PREFIX,
  type SuiteApp,
} from "@mintfax-webhooks/testing/adapter-suite/app";
import { Hono, type MiddlewareHandler } from "hono";

/** The server under test, as it is on Node and in workerd alike. */
export function createHonoApp(): { readonly app: Hono; readonly suite: SuiteApp } {
  const suite = createSuiteApp();
  const app = new Hono();
  for (const lane of suite.lanes) mount(app, lane);
  app.post("/echo", async (c) => c.json(await c.req.json()));
  app.get("/control/:command", async (c) => c.json(await suite.control(c.req.url)));
  return { app, suite };
}

function mount(app: Hono, lane: Lane): void {
  const { path, options } = lane;
  const below = lane.mount === "below a prefix";
  const webhooks = mintfaxWebhooks({ ...options, ...(!below && { path }) });
  lane.ready(webhooks);
  if (below) app.route(PREFIX, new Hono().use(webhooks));
  else if (lane.mount === "route") app.post(path, webhooks.handler);
  else if (lane.mount === "behind a parser") app.use(path, parse).use(webhooks);
  else app.use(webhooks);
}

const parse: MiddlewareHandler = async (c, next) => {
  await c.req.json();
  await next();
};
