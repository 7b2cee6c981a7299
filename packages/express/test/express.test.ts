import { once } from "node:events";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import type { OutcomeRecord } from "@mintfax-webhooks/core";
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import express5, { type Express } from "express";
import express4 from "express4";
import request from "supertest";
import { serve } from "test-support/serve";
import { linesOnStandardError } from "test-support/standard-error";
import { afterEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const PATH = "/webhooks/mintfax";
const event = eventFixture("fax.delivered");

afterEach(() => {
  vi.unstubAllEnvs();
});

function receiving() {
  const records: OutcomeRecord[] = [];
  const handler = vi.fn();
  const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: (record) => records.push(record) });
  webhooks.on("fax.delivered", handler);
  return { webhooks, records, handler };
}

function post(app: Express, path = PATH) {
  const { headers, body } = signDelivery(event, { secret: SECRET });
  // Supertest would add a content length of its own making for anything but a string.
  return request(app).post(path).set(headers).send(new TextDecoder().decode(body));
}

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("%s", (_, express) => {
  test("app.use(mintfaxWebhooks()) without an argument", async () => {
    vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
    const handler = vi.fn();
    const app = express().use(mintfaxWebhooks().on("fax.delivered", handler));
    const response = await post(app);
    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toBe("application/json");
    expect(response.body).toEqual({ outcome: "processed", id: event.id });
    expect(handler.mock.calls[0]?.[0]).toEqual(event);
  });

  test("the handler is given Express's request", async () => {
    const { webhooks, handler } = receiving();
    const app = express();
    app.use((req, _res, next) => {
      Object.assign(req, { tenant: "clinic" });
      next();
    });
    await post(app.use(webhooks));
    expect(handler.mock.calls[0]?.[1].platform).toMatchObject({ tenant: "clinic", originalUrl: PATH });
  });

  test("other requests pass through untouched", async () => {
    const { webhooks, records } = receiving();
    const app = express().use(webhooks).use(express.json());
    app.post("/orders", (req, res) => {
      res.json({ got: req.body });
    });
    const response = await request(app).post("/orders").send({ order: 1042 });
    expect(response.body).toEqual({ got: { order: 1042 } });
    expect((await request(app).post(`${PATH}/more`)).status).toBe(404);
    expect(records).toEqual([]);
  });

  test.each([
    [
      "at a path of its own",
      (app: Express, webhooks: ReturnType<typeof receiving>["webhooks"]) => app.use(PATH, webhooks),
    ],
    [
      "below a prefix",
      (app: Express, webhooks: ReturnType<typeof receiving>["webhooks"]) =>
        app.use("/webhooks", express.Router().use("/mintfax", webhooks)),
    ],
    [
      "as a handler",
      (app: Express, webhooks: ReturnType<typeof receiving>["webhooks"]) => app.post(PATH, webhooks.handler),
    ],
    [
      "as a handler of all methods",
      (app: Express, webhooks: ReturnType<typeof receiving>["webhooks"]) => app.all(PATH, webhooks.handler),
    ],
    [
      "with a router",
      (app: Express, webhooks: ReturnType<typeof receiving>["webhooks"]) =>
        app.use(express.Router().use(webhooks)),
    ],
  ])("mounted %s", async (_, mount) => {
    const { webhooks, handler } = receiving();
    const app = express();
    mount(app, webhooks);
    expect((await post(app)).status).toBe(200);
    expect((await post(app, `${PATH}/`)).status).toBe(200);
    expect((await post(app, `${PATH}?from=mintfax`)).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  type Webhooks = ReturnType<typeof receiving>["webhooks"];
  test.each<[string, string, (app: Express, webhooks: Webhooks) => unknown]>([
    ["app.use() of another path", "/my/path", (app, webhooks) => app.use("/my/path", webhooks)],
    ["app.use() of several paths", "/my/path", (app, webhooks) => app.use(["/other", "/my/path"], webhooks)],
    ["app.post() of another path", "/my/path", (app, webhooks) => app.post("/my/path", webhooks)],
    ["a route of several paths", "/my/path", (app, webhooks) => app.post(["/other", "/my/path"], webhooks)],
    ["a route by an expression", "/my/path", (app, webhooks) => app.post(/^\/my\/paths?\/?$/, webhooks)],
    ["app.route()", "/my/path", (app, webhooks) => app.route("/my/path").all(webhooks)],
    ["a route with a parameter", "/of/clinic/fax", (app, webhooks) => app.post("/of/:tenant/fax", webhooks)],
    [
      "a router in a router, with parameters",
      `/of/clinic/api${PATH}`,
      (app, webhooks) => {
        const inner = express.Router({ mergeParams: true }).use(PATH, webhooks);
        app.use("/of/:tenant", express.Router({ mergeParams: true }).use("/api", inner));
      },
    ],
    [
      "an app in an app, at half of the path",
      `/v1/api${PATH}`,
      (app, webhooks) => app.use("/v1", express().use("/api", express().use("/webhooks", webhooks))),
    ],
    [
      "a router's own root",
      "/my/path",
      (app, webhooks) => app.use("/my/path", express.Router().post("/", webhooks)),
    ],
    ["another case of the mount point", `/API${PATH}`, (app, webhooks) => app.use("/api", webhooks)],
  ])("takes deliveries to the path that Express was given: %s", async (_, path, mount) => {
    const { webhooks, handler } = receiving();
    const app = express();
    mount(app, webhooks);
    expect((await post(app, path)).status).toBe(200);
    expect((await post(app, `${path}/`)).status).toBe(200);
    expect((await post(app, `${path}/more`)).status).toBe(404);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a page at the mount point stays reachable, and so does a request that a route let pass", async () => {
    const { webhooks, records } = receiving();
    const app = express();
    app.all("/webhook-docs", (_req, _res, next) => next());
    const router = express.Router().use(webhooks);
    app.use(
      "/api",
      router.get("/", (_req, res) => void res.send("the API")),
    );
    app.use(webhooks).post(/./, webhooks).post(["/webhook-docs", "/*all"], webhooks);
    app.all("/webhook-docs", (_req, res) => void res.send("the docs"));
    expect((await request(app).get("/api")).text).toBe("the API");
    expect((await post(app, "/webhook-docs")).text).toBe("the docs");
    expect(records).toEqual([]);
  });

  test("a delivery that passes it and ends as a 404 is reported once; one that another route takes is not", async () => {
    const { webhooks } = receiving();
    const app = express().use("/fax", webhooks);
    app.post("/fax/elsewhere", (_req, res) => void res.send("taken"));
    app.post("/fax/forbidden", (_req, res) => void res.status(403).send("forbidden"));
    expect(await linesOnStandardError(() => post(app, "/fax/elsewhere"))).toEqual([]);
    expect(await linesOnStandardError(() => post(app, "/fax/forbidden"))).toEqual([]);
    expect(await linesOnStandardError(() => request(app).get("/fax/wrong"))).toEqual([]);
    expect(await linesOnStandardError(() => post(app, "/fax/wrong"))).toEqual([
      expect.stringMatching(
        /a delivery to "\/fax\/wrong" .* answered 404.* deliveries to \/webhooks\/mintfax/,
      ),
    ]);
    expect(await linesOnStandardError(() => post(app, "/fax/wrong"))).toEqual([]);
  });

  test("twelve receivers in one application get their deliveries, and tell of those they miss, without a warning of Node's", async () => {
    const warnings: string[] = [];
    const keep = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", keep);
    const receivers = Array.from({ length: 12 }, receiving);
    const app = express();
    for (const [index, { webhooks }] of receivers.entries()) app.use(`/tenants/${index}`, webhooks);
    for (const { webhooks } of receivers) app.use("/tenants", webhooks);
    expect((await post(app, `/tenants/11${PATH}`)).status).toBe(200);
    expect(await linesOnStandardError(() => post(app, "/tenants/wrong"))).toHaveLength(receivers.length);
    await new Promise(setImmediate);
    process.off("warning", keep);
    expect(warnings).toEqual([]);
    expect(receivers.map(({ handler }) => handler.mock.calls.length)).toEqual([...Array(11).fill(0), 1]);
  });

  test("without parentheses, each request fails with a message that asks for them", async () => {
    vi.stubEnv("NODE_ENV", "test");
    const app = express().use(mintfaxWebhooks as never);
    const response = await request(app).get("/");
    expect(response.status).toBe(500);
    expect(response.text).toContain("write app.use(mintfaxWebhooks())");
  });

  test("takes deliveries to the option path, below a prefix", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, path: "/fax-events" }).on("fax.delivered", () => {});
    const app = express().use("/api", webhooks);
    expect((await post(app, "/api/fax-events")).status).toBe(200);
    expect((await post(app, "/api/webhooks/mintfax")).status).toBe(404);
  });

  test("takes a delivery whose request line holds a whole URL", async () => {
    const { webhooks, records } = receiving();
    const { hostname, port } = new URL(await serve(express().use(webhooks)));
    const { headers, body } = signDelivery(event, { secret: SECRET });
    const sent = httpRequest({
      hostname,
      port,
      method: "POST",
      headers,
      path: `http://clinic.example${PATH}`,
    });
    sent.end(body);
    const [{ statusCode }] = await once(sent, "response");
    expect(statusCode).toBe(200);
    expect(records).toMatchObject([{ outcome: "processed" }]);
  });

  test("another method is answered 405 with Allow", async () => {
    const app = express().use(receiving().webhooks);
    const response = await request(app).get(PATH);
    expect(response.status).toBe(405);
    expect(response.headers.allow).toBe("POST");
    expect(response.body).toMatchObject({ outcome: "refused", code: "method_not_allowed" });
  });

  test.each([
    ["json()", () => express.json()],
    ["text()", () => express.text({ type: "*/*" })],
    ["urlencoded()", () => express.urlencoded({ extended: true, type: "*/*" })],
  ])("a body that %s parsed before is answered 500, and the record has the fix", async (_, parser) => {
    const { webhooks, records, handler } = receiving();
    const response = await post(express().use(parser()).use(webhooks));
    expect(response.status).toBe(500);
    expect(response.body).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(records[0]?.message).toContain("before express.json()");
    expect(handler).not.toHaveBeenCalled();
  });

  test.each([
    ["raw()", () => express.raw({ type: "*/*" })],
    [
      "json() that keeps rawBody",
      () => express.json({ verify: (req, _res, bytes) => Object.assign(req, { rawBody: bytes }) }),
    ],
    ["json() for another type", () => express.json({ type: "application/vnd.other+json" })],
  ])("bytes that %s left are verified", async (_, parser) => {
    const { webhooks, handler } = receiving();
    expect((await post(express().use(parser()).use(webhooks))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("the limit holds for bytes that a parser has read", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, bodyLimitBytes: 100 }).on("*", () => {});
    const app = express();
    // A Content-Length would be refused before the bytes are looked at.
    app.use(express.raw({ type: "*/*" }), (req, _res, next) => {
      delete req.headers["content-length"];
      next();
    });
    expect((await post(app.use(webhooks))).status).toBe(413);
  });

  test("20 copies at once over HTTP run the handler once", async () => {
    const { webhooks, handler } = receiving();
    const server = express().use(webhooks).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const sender = createTestSender({ secret: SECRET, to: `http://127.0.0.1:${port}${PATH}` });
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    expect(attempts.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(handler).toHaveBeenCalledTimes(1);
    server.close();
    server.closeAllConnections();
    await webhooks.drain();
  });
});

// Threat: T02
test("without a secret, mintfaxWebhooks() throws", () => {
  vi.stubEnv("MINTFAX_WEBHOOK_SECRET", undefined);
  expect(() => mintfaxWebhooks()).toThrow(/MINTFAX_WEBHOOK_SECRET is not set/);
});

test("a path without a leading slash is refused", () => {
  expect(() => mintfaxWebhooks({ secret: SECRET, path: "webhooks" })).toThrow(/start with "\/"/);
});
