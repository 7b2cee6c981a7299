import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createMemoryStore } from "@mintfax-webhooks/core";
import { mintfaxWebhooks as expressWebhooks } from "@mintfax-webhooks/express";
import { mintfaxWebhooks as honoWebhooks } from "@mintfax-webhooks/hono";
import { mintfaxWebhooks as koaWebhooks } from "@mintfax-webhooks/koa";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Calls, openSandbox } from "./support/calls.ts";

/** An event, as a handler has seen it. */
type Seen = string;

interface Receiver {
  readonly url: string;
  readonly seen: Seen[];
}

type Framework = "express" | "hono" | "koa";

const PATH = "/webhooks/mintfax";

/** A real receiver on a port of its own. */
async function receiver(framework: Framework, secret: string, failing = 0): Promise<Receiver> {
  const seen: Seen[] = [];
  let failures = failing;
  const options = { secret, store: createMemoryStore(), onOutcome: () => {} };
  const handle = (event: { type: string; data: { object: unknown } }): void => {
    if (failures-- > 0) throw new Error("not yet");
    seen.push(event.type);
  };
  let server: Server;
  if (framework === "express") {
    server = express().use(expressWebhooks(options).on("*", handle)).listen(0, "127.0.0.1");
  } else if (framework === "koa") {
    server = new Koa().use(koaWebhooks(options).on("*", handle)).listen(0, "127.0.0.1");
  } else {
    const app = new Hono().use(honoWebhooks(options).on("*", handle));
    server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
  }
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}${PATH}`, seen };
}

/** Registers an endpoint, then has a receiver take its place: the secret is known only after that. */
async function registered(
  { call, post }: Calls,
  {
    framework = "express",
    failing = 0,
    events = null,
  }: { framework?: Framework; failing?: number; events?: string[] | null },
): Promise<Receiver & { readonly id: string }> {
  const { body } = await post("/webhooks", { url: `http://127.0.0.1:9${PATH}`, events });
  const opened = await receiver(framework, body.secret, failing);
  await call("PATCH", `/webhooks/${body.id}`, { body: JSON.stringify({ url: opened.url }) });
  return { ...opened, id: body.id };
}

const SCENARIOS: readonly [to: string, types: readonly string[]][] = [
  ["+15005550001", ["fax.queued", "fax.sending", "fax.delivered"]],
  ["+15005550002", ["fax.queued", "fax.sending", "fax.sending", "fax.sending", "fax.failed"]],
  ["+15005550003", ["fax.queued", "fax.sending", "fax.sending", "fax.sending", "fax.failed"]],
  ["+15005550004", ["fax.queued", "fax.sending", "fax.sending", "fax.delivered"]],
  ["+15005550005", ["fax.queued", "fax.sending", "fax.sending", "fax.sending", "fax.failed"]],
  ["+15005550007", ["fax.queued", "fax.sending", "fax.delivered"]],
  ["+15005550008", ["fax.queued", "fax.sending", "fax.failed"]],
];

describe.each(["express", "hono", "koa"] as const)("a receiver on %s", (framework) => {
  test.each(SCENARIOS)("gets all events of a fax to %s", async (to, types) => {
    const calls = await openSandbox();
    const { seen } = await registered(calls, { framework });
    await calls.send({ to });
    await expect.poll(() => seen).toEqual(types);
  });
});

describe("attempts", () => {
  test("follow mintfax's schedule until one succeeds, and are told in full", async () => {
    const calls = await openSandbox();
    const { id, seen } = await registered(calls, { failing: 3, events: ["fax.delivered"] });
    await calls.send({ to: "+15005550001", tags: "order=7" });
    await expect.poll(() => seen).toEqual(["fax.delivered"]);
    await expect
      .poll(async () => (await calls.get("/webhooks/attempts?status=succeeded")).body.data.length)
      .toBe(1);
    const { data } = (await calls.get(`/webhooks/attempts?endpoint=${id}`)).body;
    expect(data.map((attempt: { attempt_number: number; status_code: number }) => attempt)).toMatchObject([
      { attempt_number: 4, status_code: 200, failed_at: null },
      { attempt_number: 3, status_code: 500, succeeded_at: null },
      { attempt_number: 2, status_code: 500 },
      { attempt_number: 1, status_code: 500 },
    ]);
    expect((await calls.get("/webhooks/attempts?endpoint=webhook_other")).body.data).toEqual([]);
    const { body } = await calls.get(`/webhooks/attempts/${data[3].id}`);
    expect(body).toMatchObject({
      status: "failed",
      event_type: "fax.delivered",
      next_attempt_at: expect.any(String),
    });
    expect(Object.keys(body.request_headers)).toEqual(
      expect.arrayContaining([
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "request-id",
        "user-agent",
      ]),
    );
    expect(JSON.parse(body.request_body)).toMatchObject({ id: body.event_id, type: "fax.delivered" });
    expect(JSON.parse(body.response_body)).toMatchObject({ outcome: "failed", code: "handler_failed" });
  });

  test("that have failed can be retried by hand, beside the schedule", async () => {
    const calls = await openSandbox();
    const { seen } = await registered(calls, { failing: 4, events: ["fax.failed"] });
    await calls.send({ to: "+15005550008" });
    const failed = async () => (await calls.get("/webhooks/attempts?status=failed")).body.data;
    await expect.poll(async () => (await failed()).length).toBe(4);
    const [last] = await failed();
    const { status, body } = await calls.post(`/webhooks/attempts/${last.id}/retry`);
    expect(status).toBe(202);
    expect(body).toMatchObject({ attempt_number: 5, parent_attempt_id: last.id, event_id: last.event_id });
    await expect.poll(() => seen).toEqual(["fax.failed"]);
    await expect
      .poll(async () => (await calls.get(`/webhooks/attempts/${body.id}`)).body.status)
      .toBe("succeeded");
    expect((await calls.post(`/webhooks/attempts/${body.id}/retry`)).body.error).toBe("attempt_not_failed");
    expect((await calls.post("/webhooks/attempts/wha_unknown/retry")).status).toBe(404);
  });

  test("are retried once for a key, however often it comes", async () => {
    const calls = await openSandbox();
    const { seen } = await registered(calls, { failing: 4, events: ["fax.failed"] });
    await calls.send({ to: "+15005550008" });
    const failed = async () => (await calls.get("/webhooks/attempts?status=failed")).body.data;
    await expect.poll(async () => (await failed()).length).toBe(4);
    const [last, other] = await failed();
    const retry = (id: string, key: string) =>
      calls.call("POST", `/webhooks/attempts/${id}/retry`, { headers: { "idempotency-key": key } });
    const [first, again] = await Promise.all([retry(last.id, "k"), retry(last.id, "k")]);
    expect(again.body).toEqual(first.body);
    await expect.poll(() => seen).toEqual(["fax.failed"]);
    expect((await calls.get("/webhooks/attempts")).body.data).toHaveLength(5);
    expect((await retry(other.id, "k")).body.error).toBe("idempotency_key_reuse");
  });

  test("of an endpoint that is not there fail without a status", async () => {
    const calls = await openSandbox({ timeScale: 1 });
    await calls.post("/webhooks", { url: "http://127.0.0.1:9/", events: ["fax.queued"] });
    await calls.send({ to: "+12125551234" });
    await expect
      .poll(async () => (await calls.get("/webhooks/attempts?status=failed")).body.data.length)
      .toBe(1);
    const { data } = (await calls.get("/webhooks/attempts")).body;
    expect(data[0]).toMatchObject({
      status_code: null,
      error_class: expect.any(String),
      error_message: expect.any(String),
    });
  });

  test("stop once their endpoint was deleted", async () => {
    const calls = await openSandbox({ timeScale: 1 });
    const { body } = await calls.post("/webhooks", { url: "http://127.0.0.1:9/", events: ["fax.queued"] });
    await calls.send({ to: "+12125551234" });
    await expect
      .poll(async () => (await calls.get("/webhooks/attempts?status=failed")).body.data.length)
      .toBe(1);
    await calls.call("DELETE", `/webhooks/${body.id}`);
    const [attempt] = (await calls.get("/webhooks/attempts")).body.data;
    expect((await calls.post(`/webhooks/attempts/${attempt.id}/retry`)).status).toBe(404);
  });

  test("are signed with both secrets after a rotation, until the old one expires", async () => {
    const calls = await openSandbox({ rotationOverlapMs: 3_600_000 });
    const { id, seen } = await registered(calls, { events: ["fax.queued"] });
    const { body } = await calls.post(`/webhooks/${id}/rotate`);
    expect(body.secret).toMatch(/^whsec_/);
    await calls.send({ to: "+12125551234" });
    await expect.poll(() => seen).toEqual(["fax.queued"]);
    const [attempt] = (await calls.get("/webhooks/attempts")).body.data;
    const { request_headers } = (await calls.get(`/webhooks/attempts/${attempt.id}`)).body;
    expect(request_headers["webhook-signature"].split(" ")).toHaveLength(2);
  });

  test("are kept up to a number", async () => {
    const calls = await openSandbox({ attemptsKept: 3 });
    const { seen } = await registered(calls, {});
    await calls.send({ to: "+15005550002" });
    await expect.poll(() => seen).toHaveLength(5);
    expect((await calls.get("/webhooks/attempts")).body.data).toHaveLength(3);
  });
});

describe("the events of a fax, on request,", () => {
  test.each([
    ["out_of_order", ["fax.delivered", "fax.sending", "fax.queued"], 3],
    ["doubled", ["fax.queued", "fax.sending", "fax.delivered"], 6],
    ["lost", [], 0],
  ] as const)("arrive %s", async (arrival, types, attempts) => {
    const calls = await openSandbox();
    const { seen } = await registered(calls, {});
    const { body } = await calls.send({ to: "+15005550001" }, { "sandbox-arrival": arrival });
    await expect.poll(async () => (await calls.get(`/faxes/${body.id}`)).body.status).toBe("delivered");
    await expect.poll(async () => (await calls.get("/webhooks/attempts")).body.data.length).toBe(attempts);
    await expect.poll(() => seen).toEqual(types);
    expect((await calls.send({ to: "+15005550001" }, { "sandbox-arrival": "late" })).status).toBe(422);
  });

  test("reach an endpoint although another one does not answer", async () => {
    const calls = await openSandbox();
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    onTestFinished(() => void silent.close().closeAllConnections());
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await calls.post("/webhooks", { url: `http://127.0.0.1:${port}/` });
    const { seen } = await registered(calls, {});
    await calls.send({ to: "+15005550001" });
    await expect.poll(() => seen).toEqual(["fax.queued", "fax.sending", "fax.delivered"]);
  });

  test("go to the URL of that fax alone", async () => {
    const calls = await openSandbox();
    const everywhere = await registered(calls, {});
    const other = await registered(calls, { events: ["fax.failed"] });
    await calls.send({ to: "+15005550008", webhook_url: other.url });
    await expect.poll(() => other.seen).toEqual(["fax.failed"]);
    expect(everywhere.seen).toEqual([]);
  });
});
