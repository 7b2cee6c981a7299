import { createServer, type IncomingMessage, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createPathMatcher, type ReceiverOptions } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import * as express from "@mintfax-webhooks/express";
import * as hono from "@mintfax-webhooks/hono";
import * as koa from "@mintfax-webhooks/koa";
import createExpress from "express";
import { Hono } from "hono";
import Koa from "koa";

/** A server under siege, and how to find Node's request behind what its handlers are given. */
export interface App {
  readonly server: Server;
  readonly webhooks: {
    on(
      pattern: "fax.delivered" | "fax.*",
      handler: (event: unknown, context: { platform: unknown }) => void,
    ): unknown;
    drain(): Promise<void>;
  };
  requestOf(platform: unknown): IncomingMessage;
  /** Whether the framework answers a request with 400 by itself, before we see it. */
  refuses?(req: IncomingMessage): boolean;
}

type Options = Pick<ReceiverOptions, "store" | "bodyTimeoutMs" | "onOutcome"> & { readonly secret: string };

/** Node looks every 30 s for connections past their time; here what is left hanging has to end within the test. */
const PROMPT = { connectionsCheckingInterval: 200 };

export const APPS: Readonly<Record<string, (options: Options) => App>> = {
  "node:http": (options) => {
    const receiver = createReceiver<IncomingMessage>(options);
    const isOwn = createPathMatcher();
    const server = createServer(PROMPT, (req, res) => {
      if (isOwn((req.url ?? "").split("?")[0] ?? "")) void handleNodeRequest(receiver, req, res, req);
      else res.writeHead(404).end();
    });
    return { server, webhooks: receiver, requestOf: (platform) => platform as IncomingMessage };
  },
  Express: (options) => {
    const webhooks = express.mintfaxWebhooks(options);
    const server = createServer(PROMPT, createExpress().use(webhooks));
    return { server, webhooks, requestOf: (platform) => platform as IncomingMessage };
  },
  Koa: (options) => {
    const webhooks = koa.mintfaxWebhooks(options);
    const app = new Koa().use(webhooks);
    // It would print every connection that is cut.
    app.silent = true;
    return {
      server: createServer(PROMPT, app.callback()),
      webhooks,
      requestOf: (platform) => (platform as { req: IncomingMessage }).req,
    };
  },
  Hono: (options) => {
    const webhooks = hono.mintfaxWebhooks(options);
    const app = new Hono().use(webhooks);
    return {
      server: createAdaptorServer({ fetch: app.fetch, serverOptions: PROMPT }) as Server,
      webhooks,
      requestOf: (platform) => (platform as { env: { incoming: IncomingMessage } }).env.incoming,
      refuses: (req) => !hasUrlHost(req),
    };
  },
};

/** Whether a URL can be made of the Host header, which @hono/node-server insists on. */
function hasUrlHost({ headers: { host = "localhost" } }: IncomingMessage): boolean {
  const url = `http://${host}/`;
  return URL.canParse(url) && new URL(url).host === host.toLowerCase();
}
