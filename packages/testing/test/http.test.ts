import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver } from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import {
  createManualClock,
  createTestSender,
  eventFixture,
  forge,
  signDelivery,
  tamper,
} from "@mintfax-webhooks/testing";
import { serve } from "test-support/serve";
import { describe, expect, test } from "vitest";
import { requestOf } from "./support/mintfax-request.ts";
import { SECRET } from "./support/secrets.ts";

const event = eventFixture("fax.delivered");

describe("a real receiver behind a real server", () => {
  const receiving = () => {
    const seen: string[] = [];
    const receiver = createReceiver({ secret: SECRET }).on("*", ({ id }) => {
      seen.push(id);
    });
    const url = serve((req, res) => void handleNodeRequest(receiver, req, res, req));
    return url.then((to) => ({ seen, sender: createTestSender({ secret: SECRET, to }) }));
  };

  test("accepts what mintfax sends", async () => {
    const { seen, sender } = await receiving();
    const report = await sender.deliver(event);
    expect(report).toMatchObject({
      accepted: true,
      attempts: [{ status: 200, body: JSON.stringify({ outcome: "processed", id: event.id }) }],
    });
    expect(seen).toEqual([event.id]);
  });

  test("a forged, tampered or stale delivery is refused", async () => {
    const { seen, sender } = await receiving();
    const delivery = signDelivery(event, { secret: SECRET });
    const stale = signDelivery(event, { secret: SECRET, at: new Date(Date.now() - 400_000) });
    const attempts = [];
    for (const bad of [forge(delivery), tamper(delivery), stale]) attempts.push(await sender.send(bad));
    expect(attempts.map(({ status, body }) => [status, JSON.parse(body ?? "").code])).toEqual([
      [400, "signature_mismatch"],
      [400, "signature_mismatch"],
      [400, "timestamp_too_old"],
    ]);
    expect(seen).toEqual([]);
    expect(await sender.send(delivery)).toMatchObject({ number: 1, status: 200, error: null, manual: false });
  });

  test("keeps the status of an answer that arrives before the body was sent", async () => {
    const { sender } = await receiving();
    const attempt = await sender.attempt("x".repeat(8_000_000), { id: "evt_1" });
    expect([attempt.status, JSON.parse(attempt.body ?? "").code]).toEqual([413, "body_too_large"]);
  });

  test("200 different events at once", async () => {
    const { seen, sender } = await receiving();
    const events = Array.from({ length: 200 }, () => eventFixture("fax.queued"));
    const reports = await Promise.all(events.map((each) => sender.deliver(each)));
    expect(reports.every((report) => report.accepted && report.attempts.length === 1)).toBe(true);
    expect(seen.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });
});

test("the request over the wire is mintfax's", async () => {
  let request: IncomingMessage | undefined;
  const to = await serve((req, res) => {
    request = req;
    req.resume().on("end", () => res.end());
  });
  await createTestSender({ secret: SECRET, to: new URL(to) }).attempt(event);
  expect(request).toMatchObject(requestOf(event));
});

describe("the answer's body", () => {
  test("is cut at 4096 bytes, never within a character", async () => {
    const to = await serve((_, res) => res.end(`a${"é".repeat(5_000)}`));
    const { body } = await createTestSender({ secret: SECRET, to }).attempt(event);
    expect(body).toBe(`a${"é".repeat(2_047)}`);
  });

  test("is not waited for beyond that, and its connection is closed", async () => {
    let closed: Promise<unknown> | undefined;
    const to = await serve((_, res) => {
      closed = once(res, "close");
      res.writeHead(500).write("x".repeat(5_000));
    });
    const attempt = await createTestSender({ secret: SECRET, to }).attempt(event);
    expect(attempt).toMatchObject({ status: 500, body: "x".repeat(4_096), error: null });
    await closed;
  });

  test("may be empty", async () => {
    const to = await serve((_, res) => res.writeHead(204).end());
    expect(await createTestSender({ secret: SECRET, to }).attempt(event)).toMatchObject({
      status: 204,
      body: "",
      error: null,
    });
  });

  test("may break off, and the status is kept", async () => {
    const to = await serve((_, res) => {
      res.writeHead(200, { "content-length": "100" }).write("the begin", () => res.destroy());
    });
    expect(await createTestSender({ secret: SECRET, to }).attempt(event)).toMatchObject({
      status: 200,
      body: "the begin",
      error: null,
    });
  });
});

test("a redirect is not followed, and counts as a failure", async () => {
  const paths: (string | undefined)[] = [];
  const to = await serve((req, res) => {
    paths.push(req.url);
    res.writeHead(307, { location: "/elsewhere" }).end("moved");
  });
  const clock = createManualClock();
  const sender = createTestSender({ secret: SECRET, to, clock });
  const report = await clock.runUntil(sender.deliver(event));
  expect(report.accepted).toBe(false);
  expect(report.attempts.map(({ status, body }) => [status, body])).toEqual(Array(4).fill([307, "moved"]));
  expect(paths).toEqual(Array(4).fill("/webhooks/mintfax"));
});

describe("the network", () => {
  test("a closed port is the attempt's error", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const sender = createTestSender({ secret: SECRET, to: `http://127.0.0.1:${port}/` });
    expect(await sender.attempt(event)).toMatchObject({
      status: null,
      body: null,
      error: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("a receiver that hangs up is the attempt's error", async () => {
    const to = await serve((req) => req.socket.destroy());
    const attempt = await createTestSender({ secret: SECRET, to }).attempt(event);
    expect(attempt).toMatchObject({ status: null, body: null });
    expect(attempt.error).toMatch(/fetch failed: ./);
  });

  test("the receiver does not answer: the request is aborted after 30 s", async () => {
    let closed: Promise<unknown> | undefined;
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const to = await serve((_, res) => {
      closed = once(res, "close");
      arrived();
    });
    const clock = createManualClock();
    const attempt = createTestSender({ secret: SECRET, to, clock }).attempt(event);
    await arrival;
    await clock.advance(30_000);
    expect(await attempt).toMatchObject({
      status: null,
      body: null,
      error: expect.stringContaining("no answer within 30000 ms"),
      durationMs: 30_000,
    });
    await closed;
  });

  test("a URL with a password throws at once, without the password", () => {
    expect(() => createTestSender({ secret: SECRET, to: "http://clinic:s3cret@127.0.0.1" })).toThrow(
      /^(?!.*s3cret).*has a user or a password/,
    );
  });

  test("a text that is not a URL throws at once", () => {
    expect(() => createTestSender({ secret: SECRET, to: "localhost" })).toThrow(TypeError);
  });
});
