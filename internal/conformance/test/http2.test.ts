import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { mintfaxWebhooks as forExpress } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as forFastify } from "@mintfax-webhooks/fastify";
import { mintfaxWebhooks as forHono } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as forKoa } from "@mintfax-webhooks/koa";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { SECRET } from "conformance/hostile";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const PATH = "/webhooks/mintfax";
const OPTIONS = { secret: SECRET, bodyTimeoutMs: 200, bodyLimitBytes: 10_000, onOutcome: () => {} };

type Listener = (req: IncomingMessage, res: ServerResponse) => void;
const serverOf = (listener: Listener): Http2Server => createServer(listener as never);

const SERVERS: readonly [string, () => Http2Server | Promise<Http2Server>][] = [
  [
    "node:http2",
    () => {
      const receiver = createReceiver<IncomingMessage>(OPTIONS).on("*", () => {});
      return serverOf((req, res) => void handleNodeRequest(receiver, req, res, req));
    },
  ],
  [
    "middleware of Express",
    () => {
      const webhooks = forExpress(OPTIONS).on("*", () => {});
      return serverOf((req, res) => webhooks(req as never, res as never, () => res.end("not ours")));
    },
  ],
  ["Koa", () => serverOf(new Koa().use(forKoa(OPTIONS).on("*", () => {})).callback())],
  [
    "Fastify",
    async () => {
      const app = Fastify({ http2: true });
      await app.register(forFastify(OPTIONS).on("*", () => {})).ready();
      return app.server;
    },
  ],
  [
    "Hono",
    () => {
      const app = new Hono().use(forHono(OPTIONS).on("*", () => {}));
      return createAdaptorServer({ fetch: app.fetch, createServer } as never) as unknown as Http2Server;
    },
  ],
];

const ROWS: readonly [string, number, (send: Send) => Promise<number>][] = [
  ["a delivery", 200, (send) => send({}, "whole")],
  [
    "a delivery whose headers are missing, its body under way",
    400,
    (send) => send({ "webhook-id": undefined }, "half"),
  ],
  ["a delivery whose body never begins", 408, (send) => send({}, "none")],
  ["half a delivery", 408, (send) => send({}, "half")],
  ["a declared length over the limit", 413, (send) => send({ "content-length": "1000000" }, "half")],
  ["a body over the limit", 413, (send) => send({ "content-length": undefined }, "without end")],
  [
    "a GET with a body under way",
    405,
    (send) => send({ ":method": "GET", "content-length": undefined }, "half"),
  ],
  ["a PUT with a body under way", 405, (send) => send({ ":method": "PUT" }, "half")],
  [
    "a GET without a body",
    405,
    (send) => send({ ":method": "GET", "content-length": undefined }, "nothing to come"),
  ],
];

type Send = (
  over: OutgoingHttpHeaders,
  body: "whole" | "half" | "none" | "without end" | "nothing to come",
) => Promise<number>;

describe.each(SERVERS)("%s over HTTP/2", (_, create) => {
  let server: Http2Server;
  let session: ClientHttp2Session;
  let open = 0;

  beforeAll(async () => {
    server = await create();
    server.on("stream", (stream) => {
      open += 1;
      stream.once("close", () => {
        open -= 1;
        server.emit("a stream has closed");
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => {
    session.destroy();
    server.close();
  });

  const send: Send = async (over, body) => {
    const { headers, body: bytes } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const all = {
      ":method": "POST",
      ":path": PATH,
      ...headers,
      "content-length": String(bytes.length),
      ...over,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const stream = session.request(given, { endStream: body === "nothing to come" });
    stream.on("error", () => {});
    if (body === "whole") stream.end(bytes);
    if (body === "half") stream.write(bytes.subarray(0, bytes.length / 2));
    if (body === "without end") stream.write(Buffer.alloc(20_000));
    const [answer] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
    let text = "";
    stream.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    await once(stream, "end");
    expect(JSON.parse(text)).toHaveProperty("outcome");
    return answer[":status"];
  };

  // Threat: T19
  test.each(ROWS)("%s: %d, and no stream stays open", async (_, status, row) => {
    expect(await row(send)).toBe(status);
    while (open > 0) await once(server, "a stream has closed");
    expect(session.closed).toBe(false);
  });
});
