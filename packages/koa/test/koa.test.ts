import { Router } from "@koa/router";
import { mintfaxWebhooks, type OutcomeRecord } from "@mintfax-webhooks/koa";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import Koa3, { type Context, type Next } from "koa";
import bodyParser from "koa-bodyparser";
import mount from "koa-mount";
import Koa2 from "koa2";
import request from "supertest";
import { linesOnStandardError } from "test-support/standard-error";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

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

function post(app: Koa3, path = PATH) {
  const { headers, body } = signDelivery(event, { secret: SECRET });
  // Supertest would add a content length of its own making for anything but a string.
  return request(app.callback()).post(path).set(headers).send(new TextDecoder().decode(body));
}

describe.each([
  ["Koa 3", Koa3],
  ["Koa 2", Koa2],
])("%s", (_, Koa) => {
  test("app.use(mintfaxWebhooks()) without an argument", async () => {
    vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
    const handler = vi.fn();
    const response = await post(new Koa().use(mintfaxWebhooks().on("fax.delivered", handler)));
    expect(response.status).toBe(200);
    expect(response.headers["content-type"]).toBe("application/json");
    expect(response.body).toEqual({ outcome: "processed", id: event.id });
    expect(handler.mock.calls[0]?.[0]).toEqual(event);
  });

  test("the handler is given Koa's context", async () => {
    const { webhooks, handler } = receiving();
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.state.tenant = "clinic";
      await next();
    });
    await post(app.use(webhooks));
    const { platform } = handler.mock.lastCall?.[1] ?? {};
    expect(platform).toMatchObject({ path: PATH, state: { tenant: "clinic" } });
  });

  test("other requests pass through untouched", async () => {
    const { webhooks, records } = receiving();
    const app = new Koa().use(webhooks).use(bodyParser());
    app.use((ctx) => {
      if (ctx.path === "/orders") ctx.body = { got: ctx.request.body };
    });
    const response = await request(app.callback()).post("/orders").send({ order: 1042 });
    expect(response.body).toEqual({ got: { order: 1042 } });
    expect((await request(app.callback()).post(`${PATH}/more`)).status).toBe(404);
    expect(records).toEqual([]);
  });

  type Webhooks = ReturnType<typeof receiving>["webhooks"];
  test.each<[string, string, (app: Koa3, webhooks: Webhooks) => unknown]>([
    ["at a path of its own", PATH, (app, webhooks) => app.use(mount(PATH, webhooks))],
    ["below a prefix", `/api${PATH}`, (app, webhooks) => app.use(mount("/api", webhooks))],
    [
      "below two prefixes",
      `/v1/api${PATH}`,
      (app, webhooks) => app.use(mount("/v1", new Koa().use(mount("/api", webhooks)))),
    ],
    [
      "as a handler",
      "/my/path",
      (app, webhooks) => app.use(new Router().post("/my/path", webhooks.handler).routes()),
    ],
    [
      "as a handler of all methods",
      "/my/path",
      (app, webhooks) => app.use(new Router().all("/my/path", webhooks.handler).routes()),
    ],
  ])("mounted %s", async (_, path, mounted) => {
    const { webhooks, handler } = receiving();
    const app = new Koa();
    mounted(app, webhooks);
    expect((await post(app, path)).status).toBe(200);
    expect((await post(app, `${path}/`)).status).toBe(200);
    expect((await post(app, `${path}?from=mintfax`)).status).toBe(200);
    expect((await post(app, `${path}/more`)).status).toBe(404);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each<[string, string, (app: Koa3, webhooks: Webhooks) => unknown]>([
    ["koa-mount of another path", "/my/path", (app, webhooks) => app.use(mount("/my/path", webhooks))],
    [
      "koa-mount in koa-mount",
      `/v1/api${PATH}`,
      (app, webhooks) => app.use(mount("/v1", mount("/api", mount(PATH, webhooks)))),
    ],
    [
      "koa-mount of half of the path, in koa-mount",
      `/v1/api${PATH}`,
      (app, webhooks) => app.use(mount("/v1", new Koa().use(mount("/api", mount("/webhooks", webhooks))))),
    ],
    [
      "a route of another path",
      "/my/path",
      (app, webhooks) => app.use(new Router().post("/my/path", webhooks).routes()),
    ],
    [
      "a route of a router with a prefix",
      `/api${PATH}`,
      (app, webhooks) => app.use(new Router({ prefix: "/api" }).post(PATH, webhooks).routes()),
    ],
    [
      "a route of a router with a prefix and a parameter, below koa-mount",
      "/v1/of/clinic/fax",
      (app, webhooks) =>
        app.use(mount("/v1", new Router({ prefix: "/of/:tenant" }).post("/fax", webhooks).routes())),
    ],
    [
      "a route of several paths",
      "/my/path",
      (app, webhooks) => app.use(new Router().post(["/other", "/my/path"], webhooks).routes()),
    ],
    [
      "a route by an expression",
      "/my/path",
      (app, webhooks) => app.use(new Router().post(/^\/my\/paths?\/?$/, webhooks).routes()),
    ],
    [
      "a router in a router",
      `/v1/api${PATH}`,
      (app, webhooks) => {
        const inner = new Router().all(PATH, webhooks).routes();
        app.use(new Router({ prefix: "/v1" }).use("/api", inner).routes());
      },
    ],
    [
      "a router's use(), before a route of that path",
      "/my/path",
      (app, webhooks) => {
        const router = new Router().use("/my/path", webhooks);
        app.use(router.post("/my/path", () => {}).routes());
      },
    ],
    [
      "a router's use() without a path, before a route of the default path",
      `/api${PATH}`,
      (app, webhooks) => {
        const router = new Router({ prefix: "/api" }).use(webhooks);
        app.use(router.post(PATH, () => {}).routes());
      },
    ],
  ])("takes deliveries to the path that the framework was given: %s", async (_, path, mounted) => {
    const { webhooks, handler } = receiving();
    const app = new Koa();
    mounted(app, webhooks);
    expect((await post(app, path)).status).toBe(200);
    expect((await post(app, `${path}/`)).status).toBe(200);
    expect((await post(app, `${path}/more`)).status).toBe(404);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a router's use() with an expression names a part of the tree, not the path", async () => {
    const { webhooks, handler } = receiving();
    const router = new Router();
    router.use(/^\/webhooks/, webhooks);
    router.post(PATH, () => {});
    router.post("/webhooks/other", (ctx) => {
      ctx.body = "other";
    });
    const app = new Koa();
    app.use(router.routes());
    expect((await post(app)).status).toBe(200);
    expect((await post(app, "/webhooks/other")).text).toBe("other");
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("a page at the mount point stays reachable", async () => {
    const { webhooks, records } = receiving();
    const api = new Koa().use(webhooks).use((ctx) => {
      ctx.body = "the API";
    });
    expect((await request(new Koa().use(mount("/api", api)).callback()).get("/api")).text).toBe("the API");
    expect(records).toEqual([]);
  });

  test("a delivery that passes it and ends as a 404 is reported once; one that other middleware takes is not", async () => {
    const { webhooks } = receiving();
    const app = new Koa().use(mount("/fax", webhooks)).use((ctx) => {
      if (ctx.path === "/fax/elsewhere") ctx.body = "taken";
    });
    expect(await linesOnStandardError(() => post(app, "/fax/elsewhere"))).toEqual([]);
    expect(await linesOnStandardError(() => request(app.callback()).get("/fax/wrong"))).toEqual([]);
    expect(await linesOnStandardError(() => post(app, "/fax/wrong"))).toEqual([
      expect.stringMatching(
        /a delivery to "\/fax\/wrong" .* answered 404.* deliveries to \/webhooks\/mintfax/,
      ),
    ]);
    expect(await linesOnStandardError(() => post(app, "/fax/wrong"))).toEqual([]);
  });

  test("without parentheses, each request fails with a message that asks for them", async () => {
    const app = new Koa().use(mintfaxWebhooks as never);
    const onError = vi.fn();
    app.on("error", onError);
    expect((await request(app.callback()).get("/")).status).toBe(500);
    expect(String(onError.mock.calls[0])).toContain("write app.use(mintfaxWebhooks())");
  });

  test("takes deliveries to the option path, below a prefix", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, path: "/fax-events" }).on("fax.delivered", () => {});
    const app = new Koa().use(mount("/api", webhooks));
    expect((await post(app, "/api/fax-events")).status).toBe(200);
    expect((await post(app, "/api/webhooks/mintfax")).status).toBe(404);
  });

  test.each([
    ["processed", 200, (webhooks: Webhooks) => webhooks.on("*", () => {})],
    [
      "failed",
      500,
      (webhooks: Webhooks) =>
        webhooks.on("*", () => {
          throw new Error("the printer is on fire");
        }),
    ],
  ])("middleware around it sees the status of an event that was %s", async (_, status, prepare) => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} });
    prepare(webhooks);
    const seen: number[] = [];
    const app = new Koa();
    app.use(async (ctx, next) => {
      ctx.set("x-request-id", "req_1");
      await next();
      seen.push(ctx.status);
      ctx.set("x-response-time", "1");
    });
    const response = await post(app.use(webhooks));
    expect(response.status).toBe(status);
    expect(response.headers["x-request-id"]).toBe("req_1");
    expect(seen).toEqual([status]);
  });

  test("no middleware runs after it, and the app's error handler is not called", async () => {
    const { webhooks } = receiving();
    const [after, onError] = [vi.fn(), vi.fn()];
    const app = new Koa().use(webhooks).use(after);
    app.on("error", onError);
    await post(app);
    expect(after).not.toHaveBeenCalled();
    expect(onError).not.toHaveBeenCalled();
  });

  test.each([
    ["parses it", bodyParser()],
    ["takes it for text", bodyParser({ enableTypes: ["text"], extendTypes: { text: ["application/json"] } })],
  ])("behind a body parser that %s, it answers 500, and the record has the fix", async (_, parser) => {
    const { webhooks, records, handler } = receiving();
    const response = await post(new Koa().use(parser).use(webhooks));
    expect(response.status).toBe(500);
    expect(response.body).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(records[0]?.message).toContain("before express.json(), koa-bodyparser");
    expect(handler).not.toHaveBeenCalled();
  });

  test("behind a body parser that leaves its path alone, it answers 200", async () => {
    const { webhooks } = receiving();
    const app = new Koa();
    app.use((ctx: Context, next: Next) => (ctx.path === PATH ? next() : bodyParser()(ctx, next)));
    expect((await post(app.use(webhooks))).status).toBe(200);
  });

  test("20 copies at once over HTTP run the handler once", async () => {
    const { webhooks, handler } = receiving();
    const server = new Koa().use(webhooks).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address() as { port: number };
    const sender = createTestSender({ secret: SECRET, to: `http://127.0.0.1:${address.port}${PATH}` });
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    expect(attempts.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(handler).toHaveBeenCalledTimes(1);
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
