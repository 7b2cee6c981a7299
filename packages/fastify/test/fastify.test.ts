import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { mintfaxWebhooks, type OutcomeRecord } from "@mintfax-webhooks/fastify";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import Fastify5, { type FastifyInstance } from "fastify";
import Fastify4 from "fastify4";
import { afterEach, describe, expect, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const PATH = "/webhooks/mintfax";
const event = eventFixture("fax.delivered");

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function receiving(options: { readonly path?: string } = {}) {
  const records: OutcomeRecord[] = [];
  const handler = vi.fn();
  const webhooks = mintfaxWebhooks({
    secret: SECRET,
    onOutcome: (record) => records.push(record),
    ...options,
  });
  webhooks.on("fax.delivered", handler);
  return { webhooks, records, handler };
}

function post(app: FastifyInstance, url = PATH, more = {}) {
  const { headers, body } = signDelivery(event, { secret: SECRET });
  return app.inject({ method: "POST", url, headers: { ...headers, ...more }, payload: Buffer.from(body) });
}

describe.each([
  ["Fastify 5", Fastify5],
  ["Fastify 4", Fastify4],
])("%s", (_, Fastify) => {
  test("app.register(mintfaxWebhooks()) without an argument", async () => {
    vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
    const handler = vi.fn();
    const app = Fastify();
    app.register(mintfaxWebhooks().on("fax.delivered", handler));
    const response = await post(app);
    expect(response.statusCode).toBe(200);
    expect(response.headers["content-type"]).toBe("application/json");
    expect(response.json()).toEqual({ outcome: "processed", id: event.id });
    expect(handler.mock.calls[0]?.[0]).toEqual(event);
  });

  test("inject() is answered at once where a request is refused before its body is read", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const app = Fastify();
    app.register(receiving().webhooks);
    const response = await app.inject({ method: "POST", url: PATH, payload: "x".repeat(300) });
    expect(response.json()).toMatchObject({ code: "header_missing" });
  });

  test("the handler is given Fastify's request, with what hooks and decorators have put on it", async () => {
    const { webhooks, handler } = receiving();
    const app = Fastify({ trustProxy: true });
    app.decorate("orders", { name: "the database" });
    app.decorateRequest("tenant", "");
    app.addHook("onRequest", async (request) => {
      Object.assign(request, { tenant: "clinic" });
    });
    app.register(webhooks, { prefix: "/of/:place" });
    await post(app, `/of/berlin${PATH}`, { "x-forwarded-for": "203.0.113.7" });
    const { platform } = handler.mock.lastCall?.[1] ?? {};
    expect(platform).toMatchObject({ tenant: "clinic", ip: "203.0.113.7", params: { place: "berlin" } });
    expect(platform.server.orders).toEqual({ name: "the database" });
  });

  test("other requests pass through untouched", async () => {
    const { webhooks, records } = receiving();
    const app = Fastify();
    app.register(webhooks);
    app.post("/orders", async (request) => ({ got: request.body }));
    app.setNotFoundHandler((_request, reply) => reply.code(404).send("not here"));
    app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
    app.get("/fails", async () => {
      throw new Error("the application's own");
    });
    const order = await app.inject({ method: "POST", url: "/orders", payload: { order: 1042 } });
    expect(order.json()).toEqual({ got: { order: 1042 } });
    const text = await app.inject({
      method: "POST",
      url: "/orders",
      payload: "{",
      headers: { "content-type": "application/json" },
    });
    expect(text.statusCode).toBe(418);
    expect((await app.inject("/fails")).body).toBe("the application's own");
    expect((await app.inject({ method: "POST", url: `${PATH}/more` })).body).toBe("not here");
    expect(records).toEqual([]);
  });

  test.each<
    [string, string, (app: FastifyInstance, webhooks: ReturnType<typeof mintfaxWebhooks>) => unknown]
  >([
    ["at the root", PATH, (app, webhooks) => app.register(webhooks)],
    ["with a prefix", `/api${PATH}`, (app, webhooks) => app.register(webhooks, { prefix: "/api" })],
    [
      "with a prefix that ends in a slash",
      `/api${PATH}`,
      (app, webhooks) => app.register(webhooks, { prefix: "/api/" }),
    ],
    [
      "in a plugin, below two prefixes",
      `/v1/api${PATH}`,
      (app, webhooks) =>
        app.register(
          async (scope) => {
            scope.register(webhooks, { prefix: "/api" });
          },
          { prefix: "/v1" },
        ),
    ],
    ["with a prefix that is its path", PATH, (app, webhooks) => app.register(webhooks, { prefix: PATH })],
    [
      "with a prefix that is half of its path",
      PATH,
      (app, webhooks) => app.register(webhooks, { prefix: "/webhooks" }),
    ],
    [
      "with a prefix that is half of its path, taken at its word",
      `/webhooks${PATH}`,
      (app, webhooks) => app.register(webhooks, { prefix: "/webhooks" }),
    ],
    [
      "as a hook of a route",
      "/my/path",
      (app, { handler }) => {
        for (const url of ["/my/path", "/my/path/"]) app.post(url, { onRequest: handler }, handler);
      },
    ],
  ])("mounted %s", async (_, path, mounted) => {
    const { webhooks, handler } = receiving();
    const app = Fastify();
    mounted(app, webhooks);
    expect((await post(app, path)).statusCode).toBe(200);
    expect((await post(app, `${path}/`)).statusCode).toBe(200);
    expect((await post(app, `${path}?from=mintfax`)).statusCode).toBe(200);
    expect((await post(app, `${path}/more`)).statusCode).toBe(404);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("the option path counts from the scope", async () => {
    const { webhooks } = receiving({ path: "/fax-events/" });
    const app = Fastify();
    app.register(webhooks, { prefix: "/api" });
    expect((await post(app, "/api/fax-events")).statusCode).toBe(200);
    expect((await post(app, `/api${PATH}`)).statusCode).toBe(404);
  });

  test("a path with an escaped letter is found", async () => {
    const { webhooks } = receiving({ path: "/caf%C3%A9" });
    const app = Fastify();
    app.register(webhooks);
    expect((await post(app, "/caf%C3%A9")).statusCode).toBe(200);
  });

  test.each([
    ["ignoreTrailingSlash", { ignoreTrailingSlash: true }, `${PATH}/`],
    ["ignoreDuplicateSlashes", { ignoreDuplicateSlashes: true }, "/webhooks//mintfax"],
    ["caseSensitive: false", { caseSensitive: false }, PATH.toUpperCase()],
    ["exposeHeadRoutes: false", { exposeHeadRoutes: false }, PATH],
    ["rewriteUrl", { rewriteUrl: ({ url = "" }) => url.replace("/hooks", "/webhooks") }, "/hooks/mintfax"],
    ["a bodyLimit of 10 bytes", { bodyLimit: 10 }, PATH],
    ["a requestTimeout", { requestTimeout: 30_000 }, PATH],
  ])("works with %s", async (_, options, url) => {
    const { webhooks } = receiving();
    const app = Fastify(options);
    app.register(webhooks, { prefix: "" });
    expect((await post(app, url)).statusCode).toBe(200);
    expect((await app.inject({ method: "HEAD", url })).statusCode).toBe(405);
  });

  test("two receivers with prefixes of their own take their own deliveries only", async () => {
    const [here, there] = [receiving(), receiving()];
    const app = Fastify();
    app.register(there.webhooks, { prefix: "/there" });
    app.register(here.webhooks);
    expect((await post(app)).statusCode).toBe(200);
    expect([here.handler.mock.calls.length, there.handler.mock.calls.length]).toEqual([1, 0]);
  });

  test("another route of its path is an error at the start", async () => {
    const app = Fastify();
    app.register(receiving().webhooks);
    app.post(PATH, () => "mine");
    await expect(app.ready()).rejects.toThrow("already declared");
  });

  test("hooks of the scope run as far as they come before the body, and after the answer", async () => {
    const { webhooks } = receiving();
    const ran: string[] = [];
    const app = Fastify();
    app.register(webhooks);
    for (const hook of ["onRequest", "preHandler", "preValidation", "onResponse"] as const) {
      app.addHook(hook, async () => void ran.push(hook));
    }
    app.addHook("preParsing", async () => void ran.push("preParsing"));
    app.addHook("onSend", async () => void ran.push("onSend"));
    app.addHook("onError", async () => void ran.push("onError"));
    await post(app);
    await vi.waitFor(() => expect(ran).toEqual(["onRequest", "onResponse"]));
  });

  test("a hook that asks for a login has its say, unless it is in another scope", async () => {
    const login = async (
      _request: unknown,
      reply: { code(status: number): { send(text: string): unknown } },
    ) => reply.code(401).send("who are you?");
    const [outside, inside] = [receiving(), receiving()];
    const app = Fastify();
    app.register(async (scope) => {
      scope.addHook("onRequest", login);
      scope.get("/orders", () => "orders");
      scope.register(inside.webhooks, { prefix: "/inside" });
    });
    app.register(outside.webhooks);
    expect((await post(app)).statusCode).toBe(200);
    expect((await post(app, `/inside${PATH}`)).statusCode).toBe(401);
    expect((await app.inject("/orders")).statusCode).toBe(401);
    expect(inside.records).toEqual([]);
  });

  test("a hook of onRequest that takes its time loses nothing of the body", async () => {
    const { webhooks } = receiving();
    const app = Fastify();
    app.addHook("onRequest", () => sleep(20));
    app.register(webhooks);
    expect((await post(app)).statusCode).toBe(200);
  });

  test("a hook that reads the body gets the delivery a 500, and the record has the fix", async () => {
    const { webhooks, records, handler } = receiving();
    const app = Fastify();
    app.addHook("onRequest", async (request) => {
      for await (const _ of request.raw);
    });
    app.register(webhooks);
    expect((await post(app)).json()).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(records[0]?.message).toContain("before express.json()");
    expect(handler).not.toHaveBeenCalled();
  });

  test("as the function of a route, it comes behind the parser, and says so", async () => {
    const { webhooks, records } = receiving();
    const app = Fastify();
    app.post(PATH, webhooks.handler);
    const response = await post(app);
    expect([response.statusCode, response.json()]).toMatchObject([500, { code: "body_already_parsed" }]);
    expect(records[0]?.message).toContain("onRequest: webhooks.handler");
  });

  test("as the function of a route, it takes bytes that a parser has kept", async () => {
    const { webhooks } = receiving();
    const app = Fastify();
    app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    app.post(PATH, webhooks.handler);
    expect((await post(app)).json()).toEqual({ outcome: "processed", id: event.id });
  });

  test("the log has Fastify's own two lines for a delivery, and no warning", async () => {
    const { webhooks } = receiving();
    const lines: { readonly level: number; readonly msg: string }[] = [];
    const app = Fastify({ logger: { stream: { write: (line: string) => lines.push(JSON.parse(line)) } } });
    app.register(webhooks);
    await post(app);
    await vi.waitFor(() =>
      expect(lines.map(({ msg }) => msg)).toEqual(["incoming request", "request completed"]),
    );
    expect(lines).toMatchObject([{ level: 30 }, { level: 30, res: { statusCode: 200 } }]);
  });

  test("app.close() answers what it has begun, and ends what was registered first at last", async () => {
    const order: string[] = [];
    const app = Fastify();
    app.register(async (scope) => {
      scope.addHook("onClose", async () => void order.push("the pool"));
    });
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on(
      "*",
      async (_event, { waitUntil }) => {
        begun();
        waitUntil(sleep(200).then(() => order.push("work after the answer")));
        await sleep(100);
        order.push("the handler");
      },
    );
    app.register(webhooks);
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    const { headers, body } = signDelivery(event, { secret: SECRET });
    const sent = httpRequest(origin + PATH, { method: "POST", headers, agent: false }).end(body);
    const answer = once(sent, "response");
    await hasBegun;
    await app.close();
    expect(order).toEqual(["the handler", "work after the answer", "the pool"]);
    expect((await answer)[0]).toMatchObject({ statusCode: 200 });
  });

  test("20 copies at once over HTTP run the handler once", async () => {
    const { webhooks, handler } = receiving();
    const app = Fastify();
    app.register(webhooks);
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    const sender = createTestSender({ secret: SECRET, to: origin + PATH });
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    expect(attempts.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(handler).toHaveBeenCalledTimes(1);
    await app.close();
  });
});

test("the time limit of Fastify's handlers leaves the answer to the receiver", async () => {
  const app = Fastify5({ handlerTimeout: 20 });
  app.register(mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", () => sleep(60)));
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  expect((await createTestSender({ secret: SECRET, to: origin + PATH }).attempt(event)).status).toBe(200);
  await app.close();
});

test("a server of one's own making serves it", async () => {
  const { webhooks } = receiving();
  const app = Fastify5({ serverFactory: (handler) => createServer(handler) });
  app.register(webhooks);
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  expect((await createTestSender({ secret: SECRET, to: origin + PATH }).attempt(event)).status).toBe(200);
  await app.close();
});

test("without parentheses, the application does not start, and the message asks for them", () => {
  const load = mintfaxWebhooks as unknown as (...plugin: unknown[]) => unknown;
  expect(() => load(Fastify5(), {}, () => {})).toThrow("write app.register(mintfaxWebhooks())");
});

// Threat: T02
test("without a secret, mintfaxWebhooks() throws", () => {
  vi.stubEnv("MINTFAX_WEBHOOK_SECRET", undefined);
  expect(() => mintfaxWebhooks()).toThrow(/MINTFAX_WEBHOOK_SECRET is not set/);
});

test("a path without a leading slash is refused", () => {
  expect(() => mintfaxWebhooks({ secret: SECRET, path: "webhooks" })).toThrow(/start with "\/"/);
});
