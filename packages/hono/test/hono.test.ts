import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createMemoryStore, mintfaxWebhooks, type OutcomeRecord } from "@mintfax-webhooks/hono";
import { createTestSender, eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { linesOnStandardError } from "test-support/standard-error";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const OTHER_SECRET = "whsec_YW5vdGhlci1zZWNyZXQtb2YtMjQtYnl0ZXM=";
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

/** @param of the event, `event` unless told otherwise; a second time it is a duplicate */
function delivery(path = PATH, secret = SECRET, of = event): Request {
  const { headers, body } = signDelivery(of, { secret });
  return new Request(`https://clinic.example${path}`, { method: "POST", headers, body });
}

describe("mounted", () => {
  test("app.use(mintfaxWebhooks()) without an argument", async () => {
    vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
    const handler = vi.fn();
    const app = new Hono().use(mintfaxWebhooks().on("fax.delivered", handler));
    const response = await app.request(delivery());
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ outcome: "processed", id: event.id });
    expect(handler.mock.calls[0]?.[0]).toEqual(event);
  });

  type Webhooks = ReturnType<typeof receiving>["webhooks"];
  test.each<[string, string, (webhooks: Webhooks) => Hono]>([
    ["at a path of its own", PATH, (webhooks) => new Hono().use(PATH, webhooks)],
    ["on a subtree", PATH, (webhooks) => new Hono().use("/webhooks/*", webhooks)],
    ["as a handler", "/my/path", (webhooks) => new Hono().post("/my/path", webhooks.handler)],
    ["as a handler of all methods", "/my/path", (webhooks) => new Hono().all("/my/path", webhooks.handler)],
    ["on a subtree that is not its own", `/api${PATH}`, (webhooks) => new Hono().use("/api/*", webhooks)],
    ["below a base path", `/api${PATH}`, (webhooks) => new Hono().basePath("/api").use(webhooks)],
    [
      "on an app below another",
      `/api${PATH}`,
      (webhooks) => new Hono().route("/api", new Hono().use(webhooks)),
    ],
    [
      "two apps down, one of them with a parameter",
      `/tenants/clinic/api${PATH}`,
      (webhooks) => new Hono().route("/tenants/:tenant", new Hono().route("/api", new Hono().use(webhooks))),
    ],
    [
      "as a handler on an app below another",
      "/api/fax",
      (webhooks) => new Hono().route("/api", new Hono().post("/fax", webhooks.handler)),
    ],
    ["on a route of another path", "/my/path", (webhooks) => new Hono().post("/my/path", webhooks)],
    ["used at another path", "/my/path", (webhooks) => new Hono().use("/my/path", webhooks)],
    ["used below another path", "/my/path", (webhooks) => new Hono().use("/my/path/*", webhooks)],
    [
      "on a route, below a base path",
      `/api${PATH}`,
      (webhooks) => new Hono().basePath("/api").post(PATH, webhooks),
    ],
    [
      "by on(), below a base path",
      `/api${PATH}`,
      (webhooks) => new Hono().basePath("/api").on("POST", PATH, webhooks),
    ],
    [
      "used at its path, below a base path",
      `/api${PATH}`,
      (webhooks) => new Hono().basePath("/api").use(PATH, webhooks),
    ],
    [
      "used at half of its path, below a base path",
      `/api${PATH}`,
      (webhooks) => new Hono().basePath("/api").use("/webhooks/*", webhooks),
    ],
    [
      "on a route of an app below another",
      `/api${PATH}`,
      (webhooks) => new Hono().route("/api", new Hono().post(PATH, webhooks)),
    ],
    [
      "used at half of its path, on an app below another",
      `/v1/api${PATH}`,
      (webhooks) => new Hono().basePath("/v1").route("/api", new Hono().use("/webhooks/*", webhooks)),
    ],
    [
      "on an app that is mounted, below a base path",
      `/api/inner${PATH}`,
      (webhooks) => new Hono().basePath("/api").mount("/inner", new Hono().use(webhooks).fetch),
    ],
    [
      "on a route with a parameter, of an app below another",
      "/of/clinic/fax",
      (webhooks) => new Hono().route("/of", new Hono().post("/:tenant/fax", webhooks)),
    ],
  ])("%s", async (_, path, mount) => {
    const { webhooks, handler } = receiving();
    const app = mount(webhooks);
    expect((await app.request(delivery(path))).status).toBe(200);
    expect((await app.request(delivery(`${path}?from=mintfax`))).status).toBe(200);
    expect((await app.request(delivery(`/elsewhere${path}`))).status).toBe(404);
    expect((await app.request(delivery(`${path}/more`))).status).toBe(404);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("takes deliveries to the option path, below a base path", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, path: "/fax-events" }).on("*", () => {});
    const app = new Hono().route("/api", new Hono().use(webhooks));
    expect((await app.request(delivery("/api/fax-events"))).status).toBe(200);
    expect((await app.request(delivery(`/api${PATH}`))).status).toBe(404);
  });

  test("a page at the mount point stays reachable", async () => {
    const { webhooks, records } = receiving();
    const app = new Hono().use("/api/*", webhooks).get("/api", (c) => c.text("the API"));
    expect(await (await app.request("/api")).text()).toBe("the API");
    expect(records).toEqual([]);
  });

  test("a delivery that passes it and ends as a 404 is reported once; one that another route takes is not", async () => {
    const { webhooks } = receiving();
    const app = new Hono().use("/fax/*", webhooks).post("/fax/elsewhere", (c) => c.text("taken"));
    expect(await linesOnStandardError(() => app.request(delivery("/fax/elsewhere")))).toEqual([]);
    expect(await linesOnStandardError(() => app.request("/fax/wrong"))).toEqual([]);
    expect(await linesOnStandardError(() => app.request(delivery("/fax/wrong")))).toEqual([
      expect.stringMatching(
        /a delivery to "\/fax\/wrong" .* answered 404.* deliveries to \/webhooks\/mintfax/,
      ),
    ]);
    expect(await linesOnStandardError(() => app.request(delivery("/fax/wrong")))).toEqual([]);
  });

  test("without parentheses, each request fails with a message that asks for them", async () => {
    const onError = vi.fn((_error: Error, c: Context) => c.text("", 500));
    const app = new Hono().use(mintfaxWebhooks as never);
    app.onError(onError);
    expect((await app.request("/")).status).toBe(500);
    expect(String(onError.mock.calls[0]?.[0])).toContain("write app.use(mintfaxWebhooks())");
  });

  test("other requests pass through untouched", async () => {
    const { webhooks, records } = receiving();
    const app = new Hono().use(webhooks).post("/orders", async (c) => c.json({ got: await c.req.json() }));
    const response = await app.request("/orders", { method: "POST", body: '{"order":1042}' });
    expect(await response.json()).toEqual({ got: { order: 1042 } });
    expect(records).toEqual([]);
  });

  test("the handler is given Hono's context", async () => {
    const { webhooks, handler } = receiving();
    const app = new Hono<{ Variables: { tenant: string } }>();
    app.use(async (c, next) => {
      c.set("tenant", "clinic");
      await next();
    });
    await app.use(webhooks).request(delivery());
    const { platform } = handler.mock.lastCall?.[1] ?? {};
    expect(platform.get("tenant")).toBe("clinic");
    expect(platform.req.path).toBe(PATH);
  });
});

/** A promise in Hono's cache of bodies, settled later. */
function later(value: unknown): Promise<ArrayBuffer> {
  const promise = value instanceof Error ? Promise.reject(value) : Promise.resolve(value as ArrayBuffer);
  promise.catch(() => {});
  return promise;
}

/** Puts a promise where Hono keeps what `c.req.arrayBuffer()` has given. */
function cache(c: Context, promise: Promise<unknown>): void {
  c.req.bodyCache.arrayBuffer = promise as never;
}

function transfer(buffer: ArrayBuffer): void {
  structuredClone(buffer, { transfer: [buffer] });
}

/** Over HTTP, where bodies are Node's streams. */
async function requestOnNode(app: Hono, { url, method, headers, body }: Request): Promise<Response> {
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { pathname } = new URL(url);
  const init = { method, headers: Object.fromEntries(headers), body, duplex: "half" };
  return fetch(`http://127.0.0.1:${port}${pathname}`, init as RequestInit);
}

describe.each([
  ["on the web", (app: Hono, request: Request) => app.request(request)],
  ["on @hono/node-server", requestOnNode],
])("a body that earlier middleware has read, %s", (_, send) => {
  const reading = (read: (c: Context) => Promise<unknown>): MiddlewareHandler => {
    return async (c, next) => {
      await read(c);
      await next();
    };
  };

  test.each<[string, (c: Context) => Promise<unknown>]>([
    ["c.req.json()", (c) => c.req.json()],
    ["c.req.text()", (c) => c.req.text()],
    ["c.req.text(), then c.req.arrayBuffer()", (c) => c.req.text().then(() => c.req.arrayBuffer())],
    ["c.req.raw.text()", (c) => c.req.raw.text()],
    ["c.req.raw.arrayBuffer()", (c) => c.req.raw.arrayBuffer()],
  ])("by %s, is answered 500, and the record has the fix", async (_, read) => {
    const { webhooks, records, handler } = receiving();
    const response = await send(new Hono().use(reading(read)).use(webhooks), delivery());
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(records[0]?.message).toContain("c.req.arrayBuffer()");
    expect(handler).not.toHaveBeenCalled();
  });

  test.each<[string, (c: Context) => Promise<unknown>]>([
    ["c.req.arrayBuffer()", (c) => c.req.arrayBuffer()],
    ["c.req.blob()", (c) => c.req.blob()],
    ["c.req.arrayBuffer(), then c.req.json()", (c) => c.req.arrayBuffer().then(() => c.req.json())],
    ["c.req.raw.clone().json()", (c) => c.req.raw.clone().json()],
  ])("by %s, is verified", async (_, read) => {
    const { webhooks, handler } = receiving();
    const response = await send(new Hono().use(reading(read)).use(webhooks), delivery());
    expect(response.status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("what middleware puts in Hono's cache does not replace a body that is unread", async () => {
    const { webhooks, handler } = receiving();
    const filled = reading(async (c) => cache(c, Promise.resolve(new ArrayBuffer(1))));
    expect((await send(new Hono().use(filled).use(webhooks), delivery())).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("the limit holds for bytes that were read by Hono", async () => {
    const webhooks = mintfaxWebhooks({ secret: SECRET, bodyLimitBytes: 100 }).on("*", () => {});
    const app = new Hono().use(reading((c) => c.req.arrayBuffer())).use(webhooks);
    expect((await send(app, delivery())).status).toBe(413);
  });

  test.each([
    [100_000, 200],
    [100, 413],
  ])("behind bodyLimit() of %d bytes, the answer is %d", async (maxSize, status) => {
    const { webhooks } = receiving();
    const app = new Hono().use(bodyLimit({ maxSize })).use(webhooks);
    expect((await send(app, delivery())).status).toBe(status);
  });

  const broken = new Error("the connection broke");
  test.each<[string, (c: Context) => unknown, number, string]>([
    ["that broke", (c) => cache(c, later(broken)), 400, "body_incomplete"],
    ["that was transferred", (c) => void c.req.arrayBuffer().then(transfer), 500, "body_already_parsed"],
    [
      "that was read before, by way of the request",
      async (c) => {
        await c.req.raw.text();
        await c.req.arrayBuffer().catch(() => {});
      },
      500,
      "body_already_parsed",
    ],
    ["that never comes", (c) => cache(c, new Promise(() => {})), 408, "body_timeout"],
  ])("bytes that Hono keeps, of a body %s, are answered and recorded", async (_, prepare, status, code) => {
    const records: OutcomeRecord[] = [];
    const onOutcome = (record: OutcomeRecord) => records.push(record);
    const webhooks = mintfaxWebhooks({ secret: SECRET, bodyTimeoutMs: 50, onOutcome }).on("*", () => {});
    const readThen = reading(async (c) => {
      if (code !== "body_already_parsed") await c.req.raw.arrayBuffer();
      await prepare(c);
    });
    const onError = vi.fn(() => new Response(null, { status: 500 }));
    const response = await send(new Hono().onError(onError).use(readThen).use(webhooks), delivery());
    expect(await response.json()).toMatchObject({ code });
    expect([response.status, records.map((record) => record.code)]).toEqual([status, [code]]);
    expect(onError).not.toHaveBeenCalled();
  });

  test("a GET whose body Hono has read is refused as any GET is", async () => {
    const { webhooks, records } = receiving();
    const readThen = reading(async (c) => cache(c, later(await c.req.raw.arrayBuffer())));
    const response = await send(
      new Hono().use(readThen).use(webhooks),
      new Request(`https://clinic.example${PATH}`),
    );
    expect(response.status).toBe(405);
    expect(records).toMatchObject([{ code: "method_not_allowed" }]);
  });

  test.each([
    ["", () => {}],
    [", though Hono keeps the body of the first", (c: Context) => c.req.arrayBuffer()],
  ])("a request that middleware put in place of the first is the one that is read%s", async (_, before) => {
    const { webhooks, handler } = receiving();
    const replace: MiddlewareHandler = async (c, next) => {
      await before(c);
      c.req.raw = delivery();
      await next();
    };
    const original = delivery(PATH, SECRET, eventFixture("fax.delivered"));
    const response = await send(new Hono().use(replace).use(webhooks), original);
    expect(response.status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });
});

describe("options from the context", () => {
  type Bindings = { MINTFAX_WEBHOOK_SECRET: string };

  function receivingFromBindings() {
    const handler = vi.fn();
    const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>(({ env }) => ({
      secret: env.MINTFAX_WEBHOOK_SECRET,
      onOutcome: () => {},
    })).on("fax.delivered", handler);
    const app = new Hono<{ Bindings: Bindings }>().use(webhooks);
    // A new object for each request, as in some runtimes.
    const send = (secret: string, signedWith = secret) =>
      app.request(delivery(PATH, signedWith), undefined, { MINTFAX_WEBHOOK_SECRET: secret });
    return { app, webhooks, handler, send };
  }

  // Threat: T16
  test("each environment accepts only its own secret", async () => {
    const { handler, send } = receivingFromBindings();
    expect((await send(SECRET, OTHER_SECRET)).status).toBe(400);
    expect((await send(OTHER_SECRET, SECRET)).status).toBe(400);
    expect(handler).not.toHaveBeenCalled();
    expect((await send(SECRET)).status).toBe(200);
    expect((await send(OTHER_SECRET)).status).toBe(200);
    // What one environment has processed is new to the other.
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("the default store lasts from request to request", async () => {
    const { handler, send } = receivingFromBindings();
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(SECRET)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(await (await send(SECRET)).json()).toEqual({ outcome: "duplicate", id: event.id });
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("of a thousand environments, the first is remembered as well as the last", async () => {
    const { handler, send } = receivingFromBindings();
    const secretOf = (number: number) => `whsec_${btoa(String(number).padStart(24, "0"))}`;
    for (let number = 0; number < 1_000; number += 1) await send(secretOf(number));
    expect(handler).toHaveBeenCalledTimes(1_000);
    expect(await (await send(secretOf(999))).json()).toMatchObject({ outcome: "duplicate" });
    expect(await (await send(secretOf(0))).json()).toMatchObject({ outcome: "duplicate" });
  });

  test("a store may be made for each request, over a client that lasts", async () => {
    const bindings = { store: createMemoryStore() };
    const handler = vi.fn();
    const webhooks = mintfaxWebhooks<{ Bindings: typeof bindings }>(async (c) => ({
      secret: SECRET,
      store: new Proxy(c.env.store, {
        get: (store, name) => {
          const member = Reflect.get(store, name);
          return typeof member === "function" ? member.bind(store) : member;
        },
      }),
    })).on("*", handler);
    const app = new Hono<{ Bindings: typeof bindings }>().use(webhooks);
    for (const expected of ["processed", "duplicate"]) {
      const response = await app.request(delivery(), undefined, bindings);
      expect(await response.json()).toMatchObject({ outcome: expected });
    }
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each<[string, string | undefined, string]>([
    ["missing", undefined, "secret_missing"],
    ["empty", "", "secret_missing"],
    ["malformed", "mfx_live_1234", "secret_malformed"],
  ])(
    "a binding that is %s is answered 500, even with the environment variable set",
    async (_, secret, code) => {
      vi.stubEnv("MINTFAX_WEBHOOK_SECRET", SECRET);
      const { send, handler } = receivingFromBindings();
      const response = await send(secret as string, SECRET);
      expect(response.status).toBe(500);
      const answer = (await response.json()) as { message: string };
      expect(answer).toMatchObject({ outcome: "misconfigured", code: "internal_error" });
      expect(answer.message).toContain(code);
      expect(handler).not.toHaveBeenCalled();
    },
  );

  test("a missing binding is reported on standard error by default", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => error.mockRestore());
    const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>(({ env }) => ({
      secret: env.MINTFAX_WEBHOOK_SECRET,
    })).on("*", () => {});
    await new Hono<{ Bindings: Bindings }>().use(webhooks).request(delivery(), undefined, {});
    expect(error.mock.calls.join()).toContain(
      "ConfigurationError [secret_missing]: secret is undefined; expected a value.",
    );
  });

  test.each([
    ["a function that throws", () => JSON.parse("{")],
    ["an option out of bounds", () => ({ secret: SECRET, toleranceSeconds: -1 })],
    ["nothing", () => undefined],
  ])("%s is answered 500, with a line on standard error", async (_, options) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => error.mockRestore());
    const response = await new Hono().use(mintfaxWebhooks(options).on("*", () => {})).request(delivery());
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ outcome: "misconfigured", code: "internal_error" });
    expect(error).toHaveBeenCalledTimes(1);
  });

  test("forget() takes the environment it is for", async () => {
    const { app, webhooks, handler, send } = receivingFromBindings();
    app.post("/forget/:id", async (c) => c.json(await webhooks.forget(c.req.param("id"), c)));
    const forget = async (secret: string) =>
      (
        await app.request(`/forget/${event.id}`, { method: "POST" }, { MINTFAX_WEBHOOK_SECRET: secret })
      ).json();
    await send(SECRET);
    expect(await forget(OTHER_SECRET)).toBe("absent");
    expect(await forget(SECRET)).toBe("forgotten");
    await send(SECRET);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("a second handler of a pattern is refused before any request", () => {
    const { webhooks } = receivingFromBindings();
    expect(() => webhooks.on("fax.delivered", () => {})).toThrow(/called before/);
  });
});

describe("waitUntil", () => {
  test("goes to the execution context where there is one, called as a method", async () => {
    const waitUntil = vi.fn(function (this: unknown) {
      expect(this).toBe(execution);
    });
    const execution = { waitUntil, passThroughOnException: () => {}, props: {} };
    const webhooks = mintfaxWebhooks({ secret: SECRET }).on("*", (_, context) => {
      context.waitUntil(Promise.resolve());
      return new Promise(setImmediate);
    });
    const response = await new Hono().use(webhooks).request(delivery(), undefined, {}, execution);
    expect(response.status).toBe(200);
    // The delivery itself, in case the sender hangs up, and the handler's promise.
    expect(waitUntil).toHaveBeenCalledTimes(2);
  });

  test("works where there is none", async () => {
    let finish: () => void = () => {};
    const late = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const webhooks = mintfaxWebhooks({ secret: SECRET }).on("*", (_, context) => context.waitUntil(late));
    expect((await new Hono().use(webhooks).request(delivery())).status).toBe(200);
    let drained = false;
    const draining = webhooks.drain().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    finish();
    await draining;
  });
});

test("on @hono/node-server no web stream is made for a body", async () => {
  const { webhooks } = receiving();
  let used: boolean | undefined;
  const app = new Hono().use(async (c, next) => {
    await next();
    used = c.req.raw.bodyUsed;
  });
  expect((await requestOnNode(app.use(webhooks), delivery())).status).toBe(200);
  expect(used).toBe(false);
});

test("20 copies at once over HTTP run the handler once, on @hono/node-server", async () => {
  const { webhooks, handler } = receiving();
  const server = serve({ fetch: new Hono().use(webhooks).fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const sender = createTestSender({ secret: SECRET, to: `http://127.0.0.1:${port}${PATH}` });
  const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
  expect(attempts.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
  expect(handler).toHaveBeenCalledTimes(1);
  await webhooks.drain();
});

// Threat: T02
test("without a secret, mintfaxWebhooks() throws", () => {
  vi.stubEnv("MINTFAX_WEBHOOK_SECRET", undefined);
  expect(() => mintfaxWebhooks()).toThrow(/MINTFAX_WEBHOOK_SECRET is not set/);
});

test("a path without a leading slash is refused", () => {
  expect(() => mintfaxWebhooks({ secret: SECRET, path: "webhooks" })).toThrow(/start with "\/"/);
});
