import { createFetchHandler } from "@mintfax-webhooks/core";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { expect, test, vi } from "vitest";

/** As on Cloudflare: `waitUntil` throws without its own `this`. */
class Execution {
  readonly promises: Promise<unknown>[] = [];
  waitUntil(promise: Promise<unknown>): void {
    this.promises.push(promise);
  }
}

const execution = () => new Execution();
const aWhile = () => new Promise(setImmediate);
const throwing = Object.defineProperty({}, "waitUntil", {
  get() {
    throw new Error("This context has no ExecutionContext");
  },
});

test.each<[string, (ctx: Execution) => unknown[]]>([
  ["(request, ctx)", (ctx) => [ctx]],
  ["(request, env, ctx)", (ctx) => [{ SECRET: "…" }, ctx]],
  ["(request, env, ctx) without an env", (ctx) => [undefined, ctx]],
  ["(request, env, ctx, more)", (ctx) => [{}, ctx, { params: {} }]],
  ["an env that has something of this name", (ctx) => [execution(), ctx]],
  ["an env with a variable of this name", (ctx) => [{ waitUntil: "no function" }, ctx]],
  ["an env whose getter throws", (ctx) => [throwing, ctx]],
  ["a last argument whose getter throws", (ctx) => [ctx, throwing]],
])(
  "work that outlives the answer goes to the waitUntil of the execution context: %s",
  async (_, argumentsOf) => {
    const ctx = execution();
    const { webhooks } = receiving();
    const late = gate();
    webhooks.on("*", (_, context) => {
      context.waitUntil(late.promise);
      return aWhile();
    });
    expect((await webhooks(attempt(), ...argumentsOf(ctx))).status).toBe(200);
    // The delivery itself, in case the sender hangs up, and the handler's promise.
    expect(ctx.promises).toHaveLength(2);
    late.open();
    await Promise.all(ctx.promises);
  },
);

test("work that outlives the answer goes to the waitUntil of a request, as of srvx's", async () => {
  const ctx = execution();
  const request = Object.assign(attempt(), {
    waitUntil: (promise: Promise<unknown>) => ctx.waitUntil(promise),
  });
  const { webhooks } = receiving();
  expect((await webhooks.on("*", aWhile)(request)).status).toBe(200);
  expect(ctx.promises).toHaveLength(1);
});

test.each<[string, unknown[]]>([
  ["Bun.serve", [{ port: 3000, requestIP: () => null }]],
  ["Deno.serve", [{ remoteAddr: { hostname: "127.0.0.1" }, completed: Promise.resolve() }]],
  ["a Next.js route", [{ params: Promise.resolve({}) }]],
  ["nothing", []],
  ["null", [null, null]],
  ["a getter that throws", [throwing]],
])("other arguments of a platform make no difference: %s", async (_, more) => {
  const { webhooks } = receiving();
  expect((await webhooks.on("*", () => {})(attempt(), ...more)).status).toBe(200);
});

test("a request of another implementation than the platform's is taken", async () => {
  const { webhooks } = receiving();
  const genuine = attempt();
  const { method, headers, body } = genuine;
  const request = { method, headers, body, bodyUsed: false, url: genuine.url } as Request;
  expect((await webhooks.on("*", () => {})(request)).status).toBe(200);
});

test.each<[string, unknown]>([
  ["SvelteKit's, Astro's or Remix's event", { request: attempt(), params: {} }],
  ["Hono's context", { req: { raw: attempt() } }],
  ["Node's request", { method: "POST", headers: {} }],
  ["nothing", undefined],
])("%s instead of a request is refused with a sentence", async (_, argument) => {
  const { webhooks } = receiving();
  await expect(webhooks(argument as never)).rejects.toMatchObject({
    code: "request_expected",
    message:
      "The fetch handler was called with something that is not a Request. Give it the framework's own: " +
      "({ request }) => webhooks(request).",
  });
  await webhooks.drain();
});

test.each<[string, unknown[]]>([
  ["srvx", [attempt()]],
  ["Bun.serve", [attempt(), { port: 3000 }]],
  ["Workers", [attempt(), {}, execution()]],
  ["SvelteKit", [{ request: attempt() }]],
  ["Express", [{ method: "GET", headers: {} }, {}, vi.fn()]],
  ["Hono", [{ req: {} }, vi.fn()]],
])("createFetchHandler without parentheses is refused with a sentence in %s", (_, called) => {
  expect(() => Reflect.apply(createFetchHandler, undefined, called)).toThrow(
    expect.objectContaining({
      name: "ConfigurationError",
      code: "parentheses_missing",
      message: expect.stringContaining("write createFetchHandler()"),
    }),
  );
});

test("a body that a platform gives as text is misconfigured: it is not the bytes that were signed", async () => {
  const { webhooks } = receiving();
  const genuine = attempt();
  const words = new ReadableStream({
    start(controller) {
      controller.enqueue("{}");
      controller.close();
    },
  });
  const init: RequestInit & { readonly duplex: "half" } = {
    method: "POST",
    headers: genuine.headers,
    body: words,
    duplex: "half",
  };
  const answer = await webhooks(new Request(genuine.url, init));
  expect([answer.status, await answer.json()]).toMatchObject([500, { code: "body_already_parsed" }]);
});
