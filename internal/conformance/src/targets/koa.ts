import { createServer } from "node:http";
import { Router } from "@koa/router";
import { mintfaxWebhooks } from "@mintfax-webhooks/koa";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import mountBelow from "koa-mount";
import { type AdapterTarget, createSuiteApp, type Lane } from "../adapter-suite/index.ts";
import { listen } from "./support/listen.ts";

export const KOA: AdapterTarget = {
  name: "Koa",
  start() {
    const suite = createSuiteApp();
    const app = new Koa();
    // It would print every disconnection.
    app.silent = true;
    const router = new Router();
    for (const lane of suite.lanes) mount(app, lane);
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

function mount(app: Koa, { path, options, ready, mount }: Lane): void {
  const webhooks = mintfaxWebhooks(options);
  ready(webhooks);
  const { at, by, below } = mount;
  const inner = new Koa();
  if (by === "use") inner.use(webhooks);
  else if (by === "use behind a parser") inner.use(mountBelow(path, bodyParser())).use(webhooks);
  else if (by === "route") inner.use(new Router().post(at, webhooks).routes());
  else if (by === "handler") inner.use(new Router().post(at, webhooks.handler).routes());
  else inner.use(mountBelow(at, webhooks));
  app.use(below.reduceRight((innermost, prefix) => mountBelow(prefix, innermost), mountBelow(inner)));
}
