import { createServer } from "node:http";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import express5, { type Express, type IRouter } from "express";
import express4 from "express4";
import { type AdapterTarget, createSuiteApp, type Lane } from "../adapter-suite/index.ts";
import { listen } from "./support/listen.ts";

export const EXPRESS_5: AdapterTarget = targetOf("Express 5", express5);
export const EXPRESS_4: AdapterTarget = targetOf("Express 4", express4);

function targetOf(name: string, express: typeof express5): AdapterTarget {
  return {
    name,
    start() {
      const suite = createSuiteApp();
      const app = express();
      for (const lane of suite.lanes) mount(app, lane, express);
      app.post("/echo", express.json(), (req, res) => {
        res.json(req.body);
      });
      app.get("/control/:command", async (req, res) => {
        res.json(await suite.control(req.url));
      });
      return listen(createServer(app), suite, "node");
    },
  };
}

function mount(app: Express, { path, options, ready, mount }: Lane, express: typeof express5): void {
  const webhooks = mintfaxWebhooks(options);
  ready(webhooks);
  const { at, by, below } = mount;
  let inner: IRouter = app;
  for (const [depth, prefix] of below.entries()) {
    // A router in the app, and an app in the router.
    const next = depth % 2 === 0 ? express.Router({ mergeParams: true }) : express();
    inner.use(prefix, next);
    inner = next;
  }
  if (by === "use") inner.use(webhooks);
  else if (by === "use behind a parser") inner.use(path, express.json()).use(webhooks);
  else if (by === "route") inner.post(at, webhooks);
  else if (by === "handler") inner.post(at, webhooks.handler);
  else inner.use(at, webhooks);
}
