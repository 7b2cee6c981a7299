import { createServer } from "node:http";
import { Router } from "@koa/router";
import { mintfaxWebhooks } from "@mintfax-webhooks/koa";
import {
  type AdapterTarget,
  createSuiteApp,
  type Lane,
  PREFIX,
} from "@mintfax-webhooks/testing/adapter-suite";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import mountBelow from "koa-mount";
import { listen } from "../../../testing/test/support/listen.ts";

export const KOA: AdapterTarget = {
  name: "Koa",
  start() {
    const suite = createSuiteApp();
    const app = new Koa();
    // It would print every disconnection.
    app.silent = true;
    const router = new Router();
    for (const lane of suite.lanes) mount(app, router, lane);
    router.post("/echo", bodyParser(), (ctx) => {
      ctx.body = ctx.request.body;
    });
    router.get("/control/:command", async (ctx) => {
      // Koa has an answer of its own for numbers and texts.
      ctx.type = "json";
      ctx.body = JSON.stringify(await suite.control(ctx.url));
    });
    app.use(router.routes());
    return listen(createServer(app.callback()), suite, "node");
  },
};

function mount(app: Koa, router: Router, lane: Lane): void {
  const { path, options } = lane;
  const below = lane.mount === "below a prefix";
  const webhooks = mintfaxWebhooks({ ...options, ...(!below && { path }) });
  lane.ready(webhooks);
  if (below) app.use(mountBelow(PREFIX, webhooks));
  else if (lane.mount === "route") router.post(path, webhooks.handler);
  else if (lane.mount === "behind a parser") app.use(mountBelow(path, bodyParser())).use(webhooks);
  else app.use(webhooks);
}
