/** Common plugins on the whole application. The receiver takes deliveries before they reach the body, and writes the answer itself. */
import compress from "@fastify/compress";
import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import middie from "@fastify/middie";
import multipart from "@fastify/multipart";
import rateLimit from "@fastify/rate-limit";
import { mintfaxWebhooks } from "@mintfax-webhooks/fastify";
import { eventFixture, forge, type SignedDelivery, signDelivery } from "@mintfax-webhooks/testing";
import Fastify, { type FastifyInstance } from "fastify";
import rawBody from "fastify-raw-body";
import { expect, test } from "vitest";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const PATH = "/webhooks/mintfax";
const event = eventFixture("fax.delivered");
type Plugins = (app: FastifyInstance) => unknown;

const parserOfAll: Plugins = (app) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, _body, done) =>
    done(null, "the application's own"),
  );
};

const IN_FRONT: readonly [string, Plugins, string | undefined][] = [
  ["@fastify/compress", (app) => app.register(compress, { threshold: 1 }), undefined],
  ["@fastify/cookie", (app) => app.register(cookie, { secret: "of the cookies" }), undefined],
  ["@fastify/cors", (app) => app.register(cors), undefined],
  ["@fastify/helmet", (app) => app.register(helmet), "strict-transport-security"],
  ["@fastify/middie without middleware", (app) => app.register(middie), undefined],
  ["@fastify/multipart", (app) => app.register(multipart), undefined],
  ["@fastify/rate-limit", (app) => app.register(rateLimit, { max: 1_000 }), undefined],
  ["fastify-raw-body", (app) => app.register(rawBody, { global: true, runFirst: true }), undefined],
  ["a parser of every content type", parserOfAll, undefined],
  [
    "all of them",
    async (app) => {
      parserOfAll(app);
      for (const plugin of [compress, cookie, cors, helmet, middie, rateLimit])
        await app.register(plugin as never);
    },
    "strict-transport-security",
  ],
];

async function serving(plugins: Plugins): Promise<FastifyInstance> {
  const app = Fastify();
  await plugins(app);
  app.register(mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", () => {}));
  return app;
}

async function answerOf(app: FastifyInstance, { headers, body }: SignedDelivery) {
  const answer = await app.inject({
    method: "POST",
    url: PATH,
    headers: { ...headers, "accept-encoding": "gzip", origin: "https://intranet.example" },
    payload: Buffer.from(body),
  });
  return { status: answer.statusCode, body: answer.body, headers: answer.headers };
}

test.each(IN_FRONT)("behind %s, the answers are the same", async (_, plugins, header) => {
  const [alone, behind] = [await serving(() => {}), await serving(plugins)];
  const signed = signDelivery(event, { secret: SECRET });
  for (const delivery of [signed, signed, forge(signed)]) {
    const [expected, answer] = [await answerOf(alone, delivery), await answerOf(behind, delivery)];
    expect([answer.status, answer.body]).toEqual([expected.status, expected.body]);
    expect(answer.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    if (header !== undefined) expect(answer.headers).toHaveProperty([header]);
  }
});

test("the headers are those of every adapter, and no others", async () => {
  const { headers } = await answerOf(await serving(() => {}), signDelivery(event, { secret: SECRET }));
  expect(Object.keys(headers).sort()).toEqual([
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
  ]);
});

test.each([
  ["the bytes", false, 200],
  ["text, which is not the bytes that were signed", "utf8", 500],
] as const)("on a route behind fastify-raw-body that keeps %s: %o, %i", async (_, encoding, status) => {
  const app = Fastify();
  await app.register(rawBody, { encoding, runFirst: true });
  app.post(PATH, mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", () => {}).handler);
  expect((await answerOf(app, signDelivery(event, { secret: SECRET }))).status).toBe(status);
});
