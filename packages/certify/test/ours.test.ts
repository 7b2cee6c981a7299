import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { certify } from "@mintfax-webhooks/certify";
import type { HandlerContext, MintfaxEvent } from "@mintfax-webhooks/core";
import { mintfaxWebhooks as expressWebhooks } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as honoWebhooks } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as koaWebhooks } from "@mintfax-webhooks/koa";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, onTestFinished, test } from "vitest";
import { SECRET } from "./support/secrets.ts";
import { serve } from "./support/serve.ts";

const OPTIONS = { secret: SECRET, bodyTimeoutMs: 2_000, onOutcome: () => {} };

/** As the docs of `runsUrl` ask for it. */
class Handler {
  readonly #runs = new Map<string, number>();

  readonly handle = async (event: MintfaxEvent, { id }: Pick<HandlerContext, "id">): Promise<void> => {
    const run = (this.#runs.get(id) ?? 0) + 1;
    this.#runs.set(id, run);
    const order = String((event.data.object as { tags?: { certify?: string } }).tags?.certify);
    if (order.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (order.includes("fail once") && run === 1) throw new Error("as asked");
  };

  runs(id: unknown): string {
    return String(this.#runs.get(String(id)) ?? 0);
  }
}

const onExpress = (handler: Handler): RequestListener =>
  express()
    .use(expressWebhooks(OPTIONS).on("*", handler.handle as never))
    .get("/runs", (req, res) => void res.send(handler.runs(req.query.id)));

const FRAMEWORKS: Readonly<Record<string, (handler: Handler) => RequestListener>> = {
  Express: onExpress,
  Hono: (handler) => {
    const app = new Hono();
    app.use(honoWebhooks(OPTIONS).on("*", handler.handle as never));
    app.get("/runs", (c) => c.text(handler.runs(c.req.query("id"))));
    return getRequestListener(app.fetch);
  },
  Koa: (handler) => {
    const app = new Koa().use(koaWebhooks(OPTIONS).on("*", handler.handle as never)).use((ctx) => {
      ctx.body = handler.runs(ctx.query.id);
    });
    return app.callback();
  },
};

describe.concurrent("a receiver of ours", () => {
  test.each(Object.entries(FRAMEWORKS))("on %s has every behaviour", async (_, mount) => {
    const { origin, close } = await serve(mount(new Handler()));
    onTestFinished(close);
    const { passed, results } = await certify({
      url: `${origin}/webhooks/mintfax`,
      runsUrl: `${origin}/runs`,
      secret: SECRET,
      timeoutMs: 10_000,
    });
    expect(results.filter(({ verdict }) => verdict !== "pass")).toEqual([]);
    expect(results.length).toBeGreaterThan(80);
    expect(passed).toBe(true);
  });
});

test("what cannot be seen from outside is said to be unknown, and fails no receiver", async () => {
  const { origin, close } = await serve(onExpress(new Handler()));
  onTestFinished(close);
  const { passed, results } = await certify({ url: `${origin}/webhooks/mintfax`, secret: SECRET });
  expect(results.filter(({ verdict }) => verdict !== "pass").map(({ id, verdict }) => [id, verdict])).toEqual(
    [
      "copy",
      "copies_at_once",
      "forgery_first",
      "ids_in_case",
      "failure",
      "copy_at_work",
      "failure_at_work",
    ].map((id) => [`processing.${id}`, "unknown"]),
  );
  expect(passed).toBe(true);
});

test("says where no server answers, and where runsUrl does not", async () => {
  const { origin, close } = await serve((_, res) => void res.end("<html>"));
  const runsUrl = `${origin}/runs`;
  await expect(certify({ url: origin, runsUrl, secret: SECRET })).rejects.toMatchObject({
    code: "runs_unreadable",
  });
  close();
  await expect(certify({ url: origin, secret: SECRET })).rejects.toMatchObject({
    code: "receiver_unreachable",
  });
});

test.each([Number.NaN, 0, 0.5, Number.POSITIVE_INFINITY, 600_001])(
  "refuses a timeoutMs of %s",
  async (timeoutMs) => {
    const url = "http://127.0.0.1:1/";
    await expect(certify({ url, secret: SECRET, timeoutMs })).rejects.toMatchObject({
      code: "option_out_of_bounds",
      message: `timeoutMs is ${timeoutMs}; expected a whole number from 1 to 600000.`,
    });
  },
);
