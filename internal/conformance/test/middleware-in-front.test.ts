import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import middie from "@fastify/middie";
import { getRequestListener } from "@hono/node-server";
import type { OutcomeRecord } from "@mintfax-webhooks/core";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { mintfaxWebhooks as forExpress } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as forFastify } from "@mintfax-webhooks/fastify";
import { mintfaxWebhooks as forHono } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as forKoa } from "@mintfax-webhooks/koa";
import { MintfaxWebhooks, MintfaxWebhooksModule } from "@mintfax-webhooks/nestjs";
import { type ArgumentsHost, Module } from "@nestjs/common";
import { type AbstractHttpAdapter, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import {
  BODY_ROWS,
  type Connect,
  exchange,
  HEADER_ROWS,
  MIDDLEWARE_ROWS,
  type MiddlewareRow,
  NOW_SECONDS,
  type RawAnswer,
  type RawRequest,
  requestOf,
  SECRET,
  SIGNATURE_ROWS,
  THROWN,
  TRANSPORT_ROWS,
} from "conformance/hostile";
import connect from "connect";
import express5 from "express";
import express4 from "express4";
import Fastify from "fastify";
import { Hono } from "hono";
import Koa from "koa";
import polka from "polka";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { POPULAR, POPULAR_IN_EXPRESS } from "./support/popular-middleware.ts";

/** What a framework needs to mount a receiver, and what it is told. */
interface Setting {
  readonly options: {
    readonly secret: string | (() => Promise<string>);
    readonly onOutcome: (record: OutcomeRecord) => unknown;
  };
  readonly handler: () => void;
  /** What the framework's own error handler was given. */
  readonly onError: (error: unknown) => void;
}

interface Framework {
  readonly name: string;
  readonly mount: (use: Connect, setting: Setting) => RequestListener | Promise<RequestListener>;
  /** Middleware that it has for itself. */
  readonly own: readonly MiddlewareRow[];
  /** It writes answers itself: behind some middleware it can answer no request, a receiver's or not. */
  readonly writesItself?: boolean;
  /** The receiver alone answers: where middleware throws, it closes the connection. */
  readonly hangsUp?: boolean;
}

const FRAMEWORKS: readonly Framework[] = [
  expressLike("Express 5", express5, POPULAR_IN_EXPRESS),
  expressLike("Express 4", express4, POPULAR_IN_EXPRESS),
  expressLike("connect", connect as never),
  {
    name: "polka",
    own: [],
    mount: (use, setting) =>
      polka({ onError: answerError(setting) }).use(use, forExpressWith(setting) as never).handler,
  },
  {
    name: "node:http",
    own: [],
    hangsUp: true,
    mount: (use, { options, handler }) => {
      const receiver = createReceiver(options).on("*", handler);
      return (req, res) => use(req, res, () => void handleNodeRequest(receiver, req, res, req as never));
    },
  },
  {
    name: "Fastify",
    own: [],
    hangsUp: true,
    mount: async (use, { options, handler }) => {
      const app = Fastify();
      await app.register(middie);
      app.use(use as never);
      await app.register(forFastify(options).on("*", handler)).ready();
      return app.routing;
    },
  },
  {
    name: "NestJS on Express",
    own: POPULAR_IN_EXPRESS,
    mount: async (use, setting) => {
      const app = express5();
      app.use(use as never);
      await startNest(new ExpressAdapter(app), setting);
      return app as RequestListener;
    },
  },
  {
    name: "NestJS on Fastify",
    own: [],
    mount: async (use, setting) => {
      // Its application registers middie itself, so its middleware can come before the receiver.
      const adapter = new FastifyAdapter({ skipMiddie: true });
      await adapter.register(middie as never);
      adapter.use(use);
      await startNest(adapter, setting);
      await adapter.getInstance().ready();
      return adapter.getInstance().routing as RequestListener;
    },
  },
  {
    name: "Koa",
    own: [],
    writesItself: true,
    mount: (use, { options, handler, onError }) => {
      const app = new Koa();
      app.on("error", onError);
      return app.use(besideKoa(use)).use(forKoa(options).on("*", handler)).callback();
    },
  },
  {
    name: "Hono on Node",
    own: [],
    writesItself: true,
    mount: (use, { options, handler }) => {
      const listener = getRequestListener(new Hono().use(forHono(options).on("*", handler)).fetch);
      return (req, res) => use(req, res, () => void listener(req, res));
    },
  },
];

function expressLike(
  name: string,
  create: () => express5.Express,
  own: readonly MiddlewareRow[] = [],
): Framework {
  return {
    name,
    own,
    mount: (use, setting) => {
      const app = create();
      app.use(use as never);
      app.use(forExpressWith(setting) as never);
      app.use(answerError(setting) as never);
      return app as RequestListener;
    },
  };
}

function forExpressWith({ options, handler }: Setting): unknown {
  return forExpress(options).on("*", handler);
}

function answerError({ onError }: Setting) {
  return (
    error: unknown,
    _req: unknown,
    res: { statusCode: number; end(text: string): void },
    _next: unknown,
  ) => {
    onError(error);
    res.statusCode = 500;
    res.end("the framework's own");
  };
}

async function startNest(
  adapter: AbstractHttpAdapter,
  { options, handler, onError }: Setting,
): Promise<void> {
  class AppModule {}
  Module({ imports: [MintfaxWebhooksModule.forRoot(options)] })(AppModule);
  const app = await NestFactory.create(AppModule, adapter, { logger: false });
  app.get(MintfaxWebhooks).on("*", handler);
  app.useGlobalFilters({
    catch(error: unknown, host: ArgumentsHost) {
      onError(error);
      adapter.reply(host.switchToHttp().getResponse(), "the framework's own", 500);
    },
  });
  await app.init();
}

/** Middleware of connect in Koa, as koa-connect has it. */
function besideKoa(use: Connect): Koa.Middleware {
  return (ctx, next) =>
    new Promise((resolve, reject) => {
      use(ctx.req, ctx.res, (error) => (error === undefined ? resolve(next()) : reject(error)));
    });
}

const ROWS = [...HEADER_ROWS, ...SIGNATURE_ROWS, ...BODY_ROWS, ...TRANSPORT_ROWS];

function rowOf(name: string): { readonly name: string; readonly request: RawRequest } {
  const found = ROWS.find((row) => row.name === name);
  if (found === undefined) throw new Error(`the row ${name} does not exist`);
  return found;
}

const ONE = requestOf({ id: "evt_in_front" });
const REQUESTS: readonly { readonly name: string; readonly request: RawRequest; readonly isCut?: boolean }[] =
  [
    { name: "a delivery", request: ONE },
    { name: "the same again", request: ONE },
    ...[
      "webhook-id missing",
      "signature of `v1,` alone",
      "body empty",
      "body of plain text",
      "chunked",
      "chunked byte by byte",
      "sent byte by byte",
      "exactly at the limit",
      "one byte over the limit, undeclared",
      "gzip without saying so",
      "Expect: 100-continue",
      "GET without a body",
      "GET with a good delivery in it",
      "HEAD without a body",
    ].map(rowOf),
    { ...rowOf("one byte over the limit"), isCut: true },
  ];

/** What is decided before a byte of the body is read. */
const EARLY = /"code":"(method_not_allowed|header_missing|signature_malformed)"/;

/** Of which nothing can have been read. */
const EMPTY = REQUESTS.findIndex(({ name }) => name === "body empty");

/** Runs all requests against a server of its own, and says what came of them. */
async function answersOf(
  mount: (setting: Setting) => RequestListener | Promise<RequestListener>,
  requests: typeof REQUESTS,
  secret: string | (() => Promise<string>) = SECRET,
): Promise<{ answers: (RawAnswer | undefined)[]; runs: number; records: number; errors: unknown[] }> {
  const errors: unknown[] = [];
  const records: OutcomeRecord[] = [];
  let runs = 0;
  const server = createServer(
    await mount({
      options: { secret, onOutcome: (record) => records.push(record) },
      handler: () => {
        runs += 1;
      },
      onError: (error) => errors.push(error),
    }),
  );
  const port = await listen(server);
  const answers: (RawAnswer | undefined)[] = [];
  for (const { request } of requests) answers.push((await exchange(port, request)).answer);
  server.closeAllConnections();
  server.close();
  return { answers, runs, records: records.length, errors };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What the receiver has written of an answer. */
function ownPart(answer: RawAnswer | undefined) {
  const names = ["content-type", "cache-control", "allow", "retry-after"];
  return (
    answer && {
      status: answer.status,
      body: answer.body,
      headers: names.map((name) => answer.headers.get(name)),
    }
  );
}

const BARE = FRAMEWORKS.find(({ name }) => name === "node:http") as Framework;
const nothing: Connect = (_req, _res, next) => next();

const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => void uncaught.push(error);
const standardError = vi.spyOn(console, "error");
let reference: Awaited<ReturnType<typeof answersOf>>;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW_SECONDS * 1000 });
  process.on("uncaughtException", onUncaught).on("unhandledRejection", onUncaught);
  standardError.mockImplementation(() => {});
  reference = await answersOf((setting) => BARE.mount(nothing, setting), REQUESTS);
});
afterEach(() => {
  expect(uncaught.splice(0)).toEqual([]);
});
afterAll(() => {
  process.off("uncaughtException", onUncaught).off("unhandledRejection", onUncaught);
  standardError.mockRestore();
  vi.useRealTimers();
});

test("without middleware, the requests are what they are to be", () => {
  expect(reference.answers.map((answer) => answer?.status)).toEqual([
    200, 200, 400, 400, 400, 400, 200, 200, 200, 200, 413, 400, 200, 405, 405, 405, 413,
  ]);
  expect(reference).toMatchObject({ runs: 6, records: REQUESTS.length, errors: [] });
});

/** Behind these Koa and @hono/node-server answer wrongly, not at all, or end the process, for any request. */
const TOO_MUCH_FOR_FRAMEWORKS: ReadonlySet<string> = new Set([
  "writeHead that passes on the status alone",
  "writeHead that waits",
  "writeHead that is called twice",
  "writeHead that rejects",
  "end that is called twice",
  "end that throws once it has worked",
  "end that rejects once it has worked",
  "end that throws once there is a head",
  "setHeader that throws",
  "writeHead that throws",
  "end that throws",
  "end that rejects",
  "a response that turns a header down",
]);

describe.each(FRAMEWORKS)("$name", ({ mount, own, writesItself = false, hangsUp = false }) => {
  const rows = [...MIDDLEWARE_ROWS, ...POPULAR, ...own].filter(
    ({ name }) => !(writesItself && TOO_MUCH_FOR_FRAMEWORKS.has(name)),
  );
  const of = (effect: MiddlewareRow["effect"]) => rows.filter((row) => row.effect === effect);

  test.each(of("harmless"))("behind $name, every answer is the same", async ({ use, waits = false }) => {
    const requests = REQUESTS.filter(({ isCut = false }) => !(waits && isCut));
    const { answers, runs, records, errors } = await answersOf((setting) => mount(use, setting), requests);
    expect(answers.map(ownPart)).toEqual(reference.answers.slice(0, requests.length).map(ownPart));
    expect({ runs, records, errors }).toEqual({ runs: reference.runs, records: requests.length, errors: [] });
  });

  test.each(of("harmless").filter(({ pulls = false }) => !pulls))(
    "behind $name, every answer is the same where the secret has to be waited for",
    async ({ use, waits = false }) => {
      const requests = REQUESTS.filter(({ isCut = false }) => !(waits && isCut));
      const secret = async () => {
        for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return SECRET;
      };
      const { answers, runs } = await answersOf((setting) => mount(use, setting), requests, secret);
      expect(answers.map(ownPart)).toEqual(reference.answers.slice(0, requests.length).map(ownPart));
      expect(runs).toBe(reference.runs);
    },
  );

  test.each(of("body is gone"))("behind $name, it says so", async ({ use }) => {
    const requests = REQUESTS.filter(({ isCut = false }) => !isCut);
    const { answers, runs, records } = await answersOf((setting) => mount(use, setting), requests);
    for (const [index, answer] of answers.entries()) {
      const expected = reference.answers[index];
      if (expected?.status === 405 || EARLY.test(expected?.body ?? "") || index === EMPTY) {
        expect(ownPart(answer)).toEqual(ownPart(expected));
      } else {
        expect(answer?.status).toBe(500);
        expect(JSON.parse(answer?.body ?? "")).toMatchObject({ code: "body_already_parsed" });
      }
    }
    expect({ runs, records }).toEqual({ runs: 0, records: requests.length });
  });

  // Threat: T19
  test.each(of("throws"))("behind $name, the framework has its say, and lives", async ({ use }) => {
    // Where a part of the body is still to come, the answer is out before `end` is called.
    const requests = REQUESTS.filter((_, index) => reference.answers[index]?.status !== 413);
    const { answers, runs, records, errors } = await answersOf((setting) => mount(use, setting), requests);
    expect({ runs, records }).toEqual({ runs: reference.runs, records: requests.length });
    if (writesItself) return;
    expect(answers.map((answer) => answer?.status)).toEqual(requests.map(() => (hangsUp ? undefined : 500)));
    expect(errors.map((error) => (error as Error).message)).toEqual(
      hangsUp ? [] : requests.map(() => THROWN),
    );
  });
});
