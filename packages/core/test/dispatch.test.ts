import { createMemoryStore } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { attempt, receiving } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";

describe("which handler runs", () => {
  test("exact beats group beats any, in any order of registration", async () => {
    const { webhooks } = receiving();
    const ran: string[] = [];
    webhooks
      .on("*", () => ran.push("*"))
      .on("fax.*", () => ran.push("fax.*"))
      .on("fax.failed", () => ran.push("fax.failed"));
    for (const type of ["fax.failed", "fax.queued", "balance.low"] as const)
      await webhooks(attempt(eventFixture(type)));
    expect(ran).toEqual(["fax.failed", "fax.*", "*"]);
  });

  test.each([
    ["fax.cancelled", "fax.*"],
    ["fax.*", "fax.*"],
    ["*", "*"],
    ["faxes", "*"],
    ["account.closed", "*"],
    ["__proto__", "*"],
    ["constructor", "*"],
    [".", "*"],
  ])("a type that mintfax may add, %s, reaches %s", async (type, pattern) => {
    const { webhooks } = receiving();
    const ran: string[] = [];
    webhooks
      .on("*", () => ran.push("*"))
      .on("fax.*", () => ran.push("fax.*"))
      .on("fax.failed", () => ran.push("exact"));
    const event = { ...eventFixture("fax.failed"), type };
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(ran).toEqual([pattern]);
  });

  test("a type without a handler: 200, nothing recorded, and a replay works once it has one", async () => {
    const store = new BrokenStore(createMemoryStore());
    const event = eventFixture("fax.sending");
    const before = receiving({ store });
    const answer = await before.webhooks(attempt(event));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ outcome: "unhandled", id: event.id });
    expect(store.calls).toEqual([]);
    const after = receiving({ store });
    const handler = vi.fn();
    after.webhooks.on("fax.sending", handler);
    await after.webhooks(attempt(event));
    expect(handler).toHaveBeenCalledTimes(1);
  });
});

test("the handler is given the event as it was signed, and a context", async () => {
  const { webhooks } = receiving();
  const handler = vi.fn();
  webhooks.on("balance.low", handler);
  const event = eventFixture("balance.low");
  const request = attempt(event);
  await webhooks(request);
  const [received, context] = handler.mock.calls[0] ?? [];
  expect(received).toEqual(event);
  expect(context).toMatchObject({
    id: event.id,
    attemptedAt: new Date(Number(request.headers.get("webhook-timestamp")) * 1000),
    requestId: request.headers.get("request-id"),
    fence: expect.any(Number),
    platform: request,
  });
  expect(context.signal.aborted).toBe(false);
  expect(context).not.toHaveProperty("tx");
});

test.each([
  ["req_1", "req_1"],
  ["!~", "!~"],
  ["r".repeat(256), "r".repeat(256)],
  ["r".repeat(257), undefined],
  ["req 1, req 2", undefined],
  ["req\u00e9", undefined],
  ["\u00e9req", undefined],
  ["", undefined],
  [undefined, undefined],
])("a request id is handed on if it is one: %.20j", async (sent, handedOn) => {
  const { webhooks } = receiving();
  const handler = vi.fn();
  webhooks.on("fax.*", handler);
  const request = attempt();
  request.headers.delete("request-id");
  if (sent !== undefined) request.headers.set("request-id", sent);
  await webhooks(request);
  expect(handler.mock.calls[0]?.[1].requestId).toBe(handedOn);
});

test("fields and values that mintfax adds arrive as they are", async () => {
  const { webhooks } = receiving();
  const handler = vi.fn();
  webhooks.on("fax.delivered", handler);
  const event = eventFixture("fax.delivered");
  const richer = {
    ...event,
    code: "a new top-level field, named like one of ours",
    data: { object: { ...event.data.object, resolution: "superfine", cover: { pages: 1 } } },
  };
  expect((await webhooks(attempt(richer))).status).toBe(200);
  expect(handler.mock.calls[0]?.[0]).toEqual(richer);
});
