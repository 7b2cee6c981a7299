import { createMemoryStore, type LateOutcomeRecord } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, expect, test, vi } from "vitest";

/** What mintfax is answered, word by word, where this server or its handler is at fault. Refusals: messages.test.ts. */
afterEach(() => {
  vi.useRealTimers();
});

const event = eventFixture("fax.failed");
const error = new Error("+12125551234 is not at home");

async function read(answer: Response | Promise<Response>) {
  const { status, headers } = await answer;
  return { status, headers: Object.fromEntries(headers), body: await (await answer).json() };
}

const HEADERS = { "content-type": "application/json", "cache-control": "no-store" };

test("a good delivery, and one without a handler", async () => {
  const { webhooks } = receiving();
  webhooks.on("fax.failed", () => {});
  const other = eventFixture("balance.low");
  expect([await read(webhooks(attempt(event))), await read(webhooks(attempt(other)))]).toEqual([
    { status: 200, headers: HEADERS, body: { outcome: "processed", id: event.id } },
    { status: 200, headers: HEADERS, body: { outcome: "unhandled", id: other.id } },
  ]);
});

test("another method: which one is allowed", async () => {
  const { webhooks } = receiving();
  const { status, headers } = await read(webhooks(new Request("https://clinic.example/", { method: "PUT" })));
  expect({ status, headers }).toEqual({ status: 405, headers: { ...HEADERS, allow: "POST" } });
});

test("a copy while the first runs: when to come again", async () => {
  const { webhooks } = receiving();
  const work = gate();
  webhooks.on("fax.failed", () => work.promise);
  const first = webhooks(attempt(event));
  const second = webhooks(attempt(event));
  expect(await read(second)).toEqual({
    status: 409,
    headers: { ...HEADERS, "retry-after": "10" },
    body: {
      outcome: "busy",
      code: "in_progress",
      message: "Another delivery of this event is being processed.",
      id: event.id,
    },
  });
  work.open();
  await first;
});

test("a handler that fails: to look into the log, and nothing of what it threw", async () => {
  const { webhooks } = receiving();
  webhooks.on("fax.failed", () => Promise.reject(error));
  expect(await read(webhooks(attempt(event)))).toEqual({
    status: 500,
    headers: HEADERS,
    body: {
      outcome: "failed",
      code: "handler_failed",
      message: "The handler of this event failed; see this server's log.",
      id: event.id,
    },
  });
});

test("a handler past its deadline: that it goes on", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const { webhooks } = receiving({ deadlineMs: 7_000 });
  const work = gate();
  webhooks.on("fax.failed", () => work.promise);
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(7_000);
  expect((await read(answer)).body).toEqual({
    outcome: "timed_out",
    code: "handler_timed_out",
    message: "The handler is still running after 7000 ms; its claim is kept until it ends.",
    id: event.id,
  });
  work.open();
  await webhooks.drain();
});

test("a store that is unreachable at claim", async () => {
  const store = new BrokenStore(createMemoryStore());
  store.cut("claim");
  const { webhooks } = receiving({ store });
  webhooks.on("fax.failed", () => {});
  expect(await read(webhooks(attempt(event)))).toEqual({
    status: 503,
    headers: HEADERS,
    body: {
      outcome: "unavailable",
      code: "store_unavailable",
      message: "The dedup store of this server could not be reached.",
      id: event.id,
    },
  });
});

test("a store that is unreachable at complete: the answer says that a redelivery may run again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const store = new BrokenStore(createMemoryStore());
  store.cut("complete");
  const { webhooks } = receiving({ store });
  webhooks.on("fax.failed", () => {});
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await read(answer)).toEqual({
    status: 200,
    headers: HEADERS,
    body: {
      outcome: "processed",
      code: "complete_unavailable",
      message:
        "The event was processed, but the dedup store could not record it yet. This server keeps trying; if it stops first, a redelivery of the event is processed again.",
      id: event.id,
    },
  });
});

test("a lease that another delivery took over", async () => {
  const { webhooks } = receiving({
    store: Object.assign(createMemoryStore(), { complete: () => "lost" as const }),
  });
  webhooks.on("fax.failed", () => {});
  expect(await read(webhooks(attempt(event)))).toEqual({
    status: 409,
    headers: { ...HEADERS, "retry-after": "10" },
    body: {
      outcome: "lost",
      code: "lease_lost",
      message: "This delivery outlasted its claim, and another delivery has taken over the event.",
      id: event.id,
    },
  });
});

test("something that breaks inside", async () => {
  const { webhooks } = receiving();
  const request = attempt(event);
  Object.defineProperty(request, "headers", { value: null });
  expect(await read(webhooks(request))).toEqual({
    status: 500,
    headers: HEADERS,
    body: {
      outcome: "misconfigured",
      code: "internal_error",
      message: "An internal error occurred in this server; see its log.",
    },
  });
});

test("work that goes wrong after the answer", async () => {
  const { webhooks, late } = receiving();
  webhooks.on("fax.failed", (_, { waitUntil }) => waitUntil(Promise.reject(error)));
  await webhooks(attempt(event));
  await webhooks.drain();
  expect(late as LateOutcomeRecord[]).toEqual([
    {
      outcome: "failed",
      code: "background_failed",
      message: "A promise given to context.waitUntil rejected; nothing is retried.",
      id: event.id,
      type: "fax.failed",
      created: event.created,
      durationMs: expect.any(Number),
    },
  ]);
});

/** The delivery with another body, under the signature of the real one. */
function withBody(body: BodyInit): Request {
  const { url, headers } = attempt(event);
  return new Request(url, { method: "POST", headers, body, duplex: "half" } as RequestInit);
}

test("a body without end", async () => {
  const { webhooks } = receiving({ bodyLimitBytes: 100 });
  expect((await read(webhooks(withBody("x".repeat(101))))).body).toEqual({
    outcome: "refused",
    code: "body_too_large",
    message: "The body is larger than 100 bytes, the limit of this endpoint (bodyLimitBytes).",
    id: event.id,
  });
});

test("a body that does not come", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { webhooks } = receiving({ bodyTimeoutMs: 2_000 });
  const answer = webhooks(withBody(new ReadableStream()));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await read(answer)).toMatchObject({
    status: 408,
    body: {
      outcome: "refused",
      code: "body_timeout",
      message: "The body was not complete after 2000 ms (bodyTimeoutMs).",
    },
  });
});

test("a body that breaks off, with its cause for the hook", async () => {
  const { webhooks, records } = receiving();
  const body = new ReadableStream({ start: (controller) => controller.error(error) });
  expect(await read(webhooks(withBody(body)))).toMatchObject({
    status: 400,
    body: { code: "body_incomplete", message: "The connection ended before the body was complete." },
  });
  expect(records[0]?.error).toBe(error);
});

test("a body that other code has read, or is reading: the answer says what to change", async () => {
  const { webhooks } = receiving();
  const read1 = attempt(event);
  await read1.text();
  const locked = attempt(event);
  locked.body?.getReader();
  for (const request of [read1, locked]) {
    expect(await read(webhooks(request))).toMatchObject({
      status: 500,
      body: {
        outcome: "misconfigured",
        code: "body_already_parsed",
        message:
          "Other code in this server read the body before the webhook receiver, which needs the raw bytes. " +
          "Mount the receiver before code that reads the body (request.json(), Hono's c.req.json() or validators), or let that " +
          "code read a request.clone(). In Hono, it may call c.req.arrayBuffer() instead.",
      },
    });
  }
});
