import type { Server } from "node:http";
import { mintfaxWebhooks } from "@mintfax-webhooks/fastify";
import fastify5, { type FastifyInstance } from "fastify";
import fastify4 from "fastify4";
import { type AdapterTarget, createSuiteApp, type Lane } from "../adapter-suite/index.ts";
import { listen } from "./support/listen.ts";

export const FASTIFY_5: AdapterTarget = targetOf("Fastify 5", fastify5);
export const FASTIFY_4: AdapterTarget = targetOf("Fastify 4", fastify4);

function targetOf(name: "Fastify 5" | "Fastify 4", fastify: typeof fastify5): AdapterTarget {
  return {
    name,
    async start() {
      const suite = createSuiteApp();
      const app = fastify();
      for (const lane of suite.lanes) mount(app, lane);
      app.post("/echo", (request, reply) => {
        reply.send(request.body);
      });
      app.get("/control/:command", async (request, reply) => {
        // Fastify has an answer of its own for numbers and texts.
        reply.type("application/json").send(JSON.stringify(await suite.control(request.url)));
        return reply;
      });
      await app.ready();
      return listen(app.server as Server, suite, name);
    },
  };
}

function mount(app: FastifyInstance, { path, options, ready, mount }: Lane): void {
  const webhooks = mintfaxWebhooks(options);
  ready(webhooks);
  const { at, by, below } = mount;
  const mountIn = (scope: FastifyInstance, [prefix, ...others]: readonly string[]): void => {
    if (prefix !== undefined) {
      scope.register(async (inner) => mountIn(inner, others), { prefix });
    } else if (by === "use") scope.register(webhooks);
    else if (by === "use below") scope.register(webhooks, { prefix: at });
    // A route's own function comes behind Fastify's parser.
    else if (by === "use behind a parser") scope.post(path, webhooks.handler);
    else scope[by === "use at" ? "all" : "post"](at, { onRequest: webhooks.handler }, webhooks.handler);
  };
  mountIn(app, below);
}
