import { createServer } from "node:http";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import {
  type AdapterTarget,
  createSuiteApp,
  type Lane,
  PREFIX,
} from "@mintfax-webhooks/testing/adapter-suite";
import express5, { type Express } from "express";
import express4 from "express4";
import { listen } from "../../../testing/test/support/listen.ts";

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

function mount(app: Express, lane: Lane, express: typeof express5): void {
  const { path, options } = lane;
  const below = lane.mount === "below a prefix";
  const webhooks = mintfaxWebhooks({ ...options, ...(!below && { path }) });
  lane.ready(webhooks);
  if (below) app.use(PREFIX, webhooks);
  else if (lane.mount === "route") app.post(path, webhooks.handler);
  else if (lane.mount === "behind a parser") app.use(path, express.json(), webhooks);
  else app.use(webhooks);
}
