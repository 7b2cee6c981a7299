import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createFetchHandler, type ReceiverOptions, type Webhooks } from "@mintfax-webhooks/core";
import { createReceiver, type Receiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import { mintfaxWebhooks as expressWebhooks } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as honoWebhooks } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as koaWebhooks } from "@mintfax-webhooks/koa";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  type FetchTarget,
} from "@mintfax-webhooks/testing";
import { nodeServer } from "@mintfax-webhooks/testing/node";
import express5 from "express";
import express4 from "express4";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, onTestFinished, test } from "vitest";
import { requestOf } from "./support/mintfax-request.ts";
import { SECRET } from "./support/secrets.ts";

const event = eventFixture("fax.failed");
const OPTIONS = { secret: SECRET, onOutcome: () => {} };

type Setup = Pick<ReceiverOptions, "toleranceSeconds">;
type Register = (webhooks: Pick<Webhooks, "on">) => void;

const ofExpress =
  (express: typeof express5) =>
  (setup: Setup, register: Register): FetchTarget => {
    const webhooks = expressWebhooks({ ...OPTIONS, ...setup });
    register(webhooks as Webhooks);
    return nodeServer(express().use(webhooks));
  };

const listenerOf = (receiver: Receiver) =>
  createServer((req, res) => void handleNodeRequest(receiver, req, res, req));

const TARGETS: Record<string, (setup: Setup, register: Register) => FetchTarget | Promise<FetchTarget>> = {
  "an Express 5 app": ofExpress(express5),
  "an Express 4 app": ofExpress(express4),
  "Koa's callback": (setup, register) => {
    const webhooks = koaWebhooks({ ...OPTIONS, ...setup });
    register(webhooks as Webhooks);
    return nodeServer(new Koa().use(webhooks).callback());
  },
  "a server of node:http": (setup, register) => {
    const receiver = createReceiver({ ...OPTIONS, ...setup });
    register(receiver);
    return nodeServer(listenerOf(receiver));
  },
  "a server that listens already": async (setup, register) => {
    const receiver = createReceiver({ ...OPTIONS, ...setup });
    register(receiver);
    return nodeServer(await listening(listenerOf(receiver)));
  },
  "a Hono app's fetch": (setup, register) => {
    const webhooks = honoWebhooks({ ...OPTIONS, ...setup });
    register(webhooks);
    return new Hono().use(webhooks).fetch;
  },
  "a fetch handler": (setup, register) => {
    const webhooks = createFetchHandler({ ...OPTIONS, ...setup });
    register(webhooks as Webhooks);
    return webhooks;
  },
};

async function listening(server: Server, host = "127.0.0.1"): Promise<Server> {
  server.listen(0, host);
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

describe.each(Object.entries(TARGETS))("%s", (_, open) => {
  const failing = async (failures: number, setup: Setup) => {
    const attemptedAt: number[] = [];
    const to = await open(setup, (webhooks) =>
      webhooks.on("fax.failed", (_event, context) => {
        if (attemptedAt.push(context.attemptedAt.getTime()) <= failures) throw new Error("not yet");
      }),
    );
    return { attemptedAt, to };
  };

  test("takes the whole schedule on a manual clock", async () => {
    const { attemptedAt, to } = await failing(3, { toleranceSeconds: 3_600 });
    const clock = createManualClock();
    const startMs = clock.nowMs();
    const sender = createTestSender({ secret: SECRET, to, clock });
    const { accepted, attempts } = await clock.runUntil(sender.deliver(event));
    expect([accepted, ...attempts.map(({ status }) => status)]).toEqual([true, 500, 500, 500, 200]);
    const seconds = (ms: number) => Math.floor(ms / 1000);
    expect(attemptedAt.map(seconds)).toEqual(
      [0, 10_000, 110_000, 1_110_000].map((afterMs) => seconds(startMs + afterMs)),
    );
    expect(attempts.map(({ startedMs }) => startedMs - startMs)).toEqual([0, 10_000, 110_000, 1_110_000]);
    expect((await sender.attempt(event)).body).toContain("duplicate");
  });

  test("takes the sender's deliveries without waits", async () => {
    const { attemptedAt, to } = await failing(3, {});
    const { attempts } = await createTestSender({ secret: SECRET, to, timeScale: 0 }).deliver(event);
    expect(attempts.map(({ status }) => status)).toEqual([500, 500, 500, 200]);
    expect(attemptedAt).toHaveLength(4);
  });
});

describe("path", () => {
  test("is the path of requests to a function, by default that of the adapters", async () => {
    const app = new Hono().post("/hooks/:name", (c) => c.text(c.req.param("name")));
    const statusOf = async (path: string) =>
      (await createTestSender({ secret: SECRET, to: app.fetch, path }).attempt(event)).body;
    expect(await statusOf("/hooks/fax")).toBe("fax");
    expect((await createTestSender({ secret: SECRET, to: app.fetch }).attempt(event)).status).toBe(404);
  });

  test("reaches a Node app, with its query", async () => {
    const to = nodeServer((req, res) => res.end(`${req.method} ${req.url}`));
    const sender = createTestSender({ secret: SECRET, to, path: "//a/b?tenant=7" });
    expect((await sender.attempt(event)).body).toBe("POST //a/b?tenant=7");
  });

  test("throws at once where it is malformed or beside a URL", () => {
    const to = () => new Response();
    expect(() => createTestSender({ secret: SECRET, to, path: "hooks" })).toThrow(
      '"hooks"; expected a path that starts',
    );
    expect(() => createTestSender({ secret: SECRET, to: "http://127.0.0.1:1/", path: "/hooks" })).toThrow(
      TypeError,
    );
  });
});

describe("nodeServer", () => {
  test("sends what mintfax sends", async () => {
    let received: unknown;
    const to = nodeServer((req, res) => {
      const { host, ...headers } = req.headers;
      received = { method: req.method, url: req.url, headers };
      req.resume().on("end", () => res.end());
    });
    await createTestSender({ secret: SECRET, to }).attempt(event);
    expect(received).toMatchObject(requestOf(event));
    expect(received).not.toMatchObject({ headers: { "transfer-encoding": expect.anything() } });
  });

  test("does not follow redirects", async () => {
    const to = nodeServer((_, res) => res.writeHead(307, { location: "/elsewhere" }).end());
    expect((await createTestSender({ secret: SECRET, to }).attempt(event)).status).toBe(307);
  });

  test("passes the end of the time limit on", async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    let gone: Promise<unknown> | undefined;
    const to = nodeServer((_, res) => {
      gone = once(res, "close");
      arrived();
    });
    const clock = createManualClock();
    const attempt = createTestSender({ secret: SECRET, to, clock }).attempt(event);
    await arrival;
    await clock.advance(30_000);
    expect((await attempt).error).toContain("no answer within 30000 ms");
    await gone;
  });

  test("opens one port for any number of deliveries at once, on 127.0.0.1 only", async () => {
    const server = createServer((_, res) => res.end());
    const to = nodeServer(server);
    const sender = createTestSender({ secret: SECRET, to });
    expect(server.listening).toBe(false);
    const attempts = await Promise.all(Array.from({ length: 20 }, () => sender.attempt(event)));
    expect(attempts.every(({ status }) => status === 200)).toBe(true);
    expect((server.address() as AddressInfo).address).toBe("127.0.0.1");
  });

  test("close ends a hanging exchange, and closes the port", async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = createServer(() => arrived());
    const to = nodeServer(server);
    const sender = createTestSender({ secret: SECRET, to });
    await to.close();
    const hanging = sender.attempt(event);
    await arrival;
    await to.close();
    expect(await hanging).toMatchObject({ status: null, error: expect.stringContaining("fetch failed") });
    expect((await sender.attempt(event)).error).toContain("ECONNREFUSED");
    expect(server.listening).toBe(false);
    await to[Symbol.asyncDispose]();
  });

  test.each(["127.0.0.1", "0.0.0.0", "::"])("keeps the port of a server on %s", async (host) => {
    const server = await listening(
      createServer((_, res) => res.end("here")),
      host,
    );
    const to = nodeServer(server);
    expect((await createTestSender({ secret: SECRET, to }).attempt(event)).body).toBe("here");
    await to.close();
    expect(server.listening).toBe(true);
  });

  test("a port that cannot be opened is the attempt's error", async () => {
    const server = createServer();
    server.listen = () => {
      queueMicrotask(() => server.emit("error", new Error("no port left")));
      return server;
    };
    const sender = createTestSender({ secret: SECRET, to: nodeServer(server) });
    expect((await sender.attempt(event)).error).toBe("Error: no port left");
  });

  // Only a process can show that nothing is left that would keep it alive.
  test("does not keep a process alive", async () => {
    const output = await new Promise<string>((resolve) =>
      execFile(
        process.execPath,
        ["--conditions=source", join(import.meta.dirname, "support/send-and-end.ts")],
        (_, stdout, stderr) => resolve(stdout + stderr),
      ),
    );
    expect(output).toBe("200 []\n");
  });
});

describe("a value that is not a target", () => {
  test("has its own type and message", async () => {
    // @ts-expect-error Express speaks node:http
    createTestSender({ secret: SECRET, to: express5() });
    // @ts-expect-error the handler speaks Request and Response
    nodeServer(createFetchHandler(OPTIONS));
    // @ts-expect-error the callback is missing
    expect(() => nodeServer(new Koa())).toThrow("app.callback()");
    // @ts-expect-error needs no server
    expect(() => nodeServer(new Hono())).toThrow("app.fetch");
  });

  test("a function that answers otherwise", async () => {
    const to = (() => undefined) as unknown as FetchTarget;
    const { status, error } = await createTestSender({ secret: SECRET, to }).attempt(event);
    expect([status, error]).toEqual([null, expect.stringContaining("nodeServer(app)")]);
  });
});
