/** Common middleware in front of everything. Koa writes the receiver's answer as it writes any, so all of it works. */
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { mintfaxWebhooks } from "@mintfax-webhooks/koa";
import { eventFixture, forge, type SignedDelivery, signDelivery } from "@mintfax-webhooks/testing";
import Koa3, { type Middleware } from "koa";
import compress from "koa-compress";
import helmet from "koa-helmet";
import logger from "koa-logger";
import session from "koa-session";
import Koa2 from "koa2";
import { describe, expect, onTestFinished, test, vi } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const event = eventFixture("fax.delivered");

interface Served {
  readonly port: number;
  readonly app: Koa3;
  readonly onError: ReturnType<typeof vi.fn>;
}

async function serve(Koa: typeof Koa3, inFront: (app: Koa3) => readonly Middleware[]): Promise<Served> {
  const app = new Koa();
  app.keys = ["not a secret"];
  const onError = vi.fn();
  app.on("error", onError);
  for (const middleware of inFront(app)) app.use(middleware);
  const webhooks = mintfaxWebhooks({ secret: SECRET, bodyLimitBytes: 10_000, onOutcome: () => {} });
  app.use(webhooks.on("fax.delivered", () => {}));
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, app, onError };
}

async function answerTo({ port }: Served, { headers, body }: SignedDelivery, more = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/webhooks/mintfax`, {
    method: "POST",
    headers: { ...headers, ...more },
    body,
  });
  return {
    status: response.status,
    body: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

/** All that a server sends to a sender that never ends its body, until it closes the connection. */
async function answerToEndless({ port }: Served): Promise<string> {
  const { headers } = signDelivery(event, { secret: SECRET });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const head = `POST /webhooks/mintfax HTTP/1.1\r\nHost: x\r\n${lines.join("")}Transfer-Encoding: chunked\r\n\r\n`;
  socket.write(`${head}4000\r\n${"x".repeat(0x4000)}\r\n`);
  await once(socket, "close");
  return text;
}

const counting: Middleware = async (ctx, next) => {
  ctx.session = { views: Number(ctx.session?.views ?? 0) + 1 };
  await next();
};
const quiet = () => logger(() => {});
const timing: Middleware = async (ctx, next) => {
  await next();
  ctx.set("x-response-time", "1ms");
};

describe.each([
  ["Koa 3", Koa3],
  ["Koa 2", Koa2],
])("%s", (_, Koa) => {
  const IN_FRONT: readonly [string, (app: Koa3) => readonly Middleware[], string | undefined][] = [
    ["koa-session", (app) => [session(app), counting], "set-cookie"],
    ["koa-session that rolls", (app) => [session({ rolling: true }, app), counting], "set-cookie"],
    ["koa-compress", () => [compress({ threshold: 1 })], "vary"],
    ["koa-helmet", () => [helmet()], "strict-transport-security"],
    ["koa-logger", () => [quiet()], undefined],
    ["middleware that says how long it took", () => [timing], "x-response-time"],
    [
      "all of them",
      (app) => [quiet(), timing, helmet(), compress(), session(app), counting],
      "x-response-time",
    ],
  ];

  test.each(IN_FRONT)(
    "behind %s, the answers are the same, its headers are added, and there is no error",
    async (_, inFront, header) => {
      const alone = await serve(Koa, () => []);
      const behind = await serve(Koa, inFront);
      const signed = signDelivery(event, { secret: SECRET });
      for (const delivery of [signed, signed, forge(signed)]) {
        const [expected, answer] = [await answerTo(alone, delivery), await answerTo(behind, delivery)];
        expect([answer.status, answer.body]).toEqual([expected.status, expected.body]);
        expect(answer.headers).toMatchObject({
          "content-type": "application/json",
          "cache-control": "no-store",
        });
        if (header !== undefined) expect(answer.headers).toHaveProperty([header]);
      }
      expect(behind.onError).not.toHaveBeenCalled();
    },
  );

  test("behind all of them, a body that never ends is answered 413, and the connection closes", async () => {
    const served = await serve(Koa, IN_FRONT.at(-1)?.[1] ?? (() => []));
    const answer = await answerToEndless(served);
    expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(served.onError).not.toHaveBeenCalled();
  });

  test("the headers are those of every adapter, and no others", async () => {
    const { headers } = await answerTo(await serve(Koa, () => []), signDelivery(event, { secret: SECRET }));
    expect(Object.keys(headers).sort()).toEqual([
      "cache-control",
      "connection",
      "content-length",
      "content-type",
      "date",
      "keep-alive",
    ]);
  });

  test("it answers although middleware has told Koa not to", async () => {
    const served = await serve(Koa, () => [
      (ctx, next) => {
        ctx.respond = false;
        return next();
      },
    ]);
    expect((await answerTo(served, signDelivery(event, { secret: SECRET }))).status).toBe(200);
  });

  test("an answer that other code has begun is left alone", async () => {
    const served = await serve(Koa, () => [
      async (ctx, next) => {
        ctx.respond = false;
        ctx.res.writeHead(202);
        await next();
        ctx.res.end("theirs");
      },
    ]);
    const answer = await answerTo(served, signDelivery(event, { secret: SECRET }));
    expect([answer.status, answer.body]).toEqual([202, "theirs"]);
    expect(served.onError).not.toHaveBeenCalled();
  });
});
