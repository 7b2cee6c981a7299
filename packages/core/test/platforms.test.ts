import type { OutcomeRecord } from "@mintfax-webhooks/core";
import { createReceiver, type IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";

/** What a platform may pass on that `Request` and `node:http` would not. */
async function received(extra: Record<string, unknown>, readBody?: IncomingDelivery["readBody"]) {
  const records: OutcomeRecord[] = [];
  const receiver = createReceiver({ secret: SECRET, onOutcome: (record) => records.push(record) });
  receiver.on("fax.delivered", () => {});
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const all: Record<string, unknown> = { ...headers, ...extra };
  await receiver.receive({
    method: "POST",
    header: (name) => all[name] as string | undefined,
    readBody: readBody ?? (async () => body),
    platform: undefined,
  });
  return records[0];
}

test.each([
  ["content-encoding", ["identity"], "content_encoding_unsupported"],
  ["content-length", ["1"], "content_length_malformed"],
  ["content-length", -1, "content_length_malformed"],
  ["content-length", 1.5, "content_length_malformed"],
  ["content-length", Number.NaN, "content_length_malformed"],
  ["content-length", Number.POSITIVE_INFINITY, "content_length_malformed"],
  ["content-length", true, "content_length_malformed"],
  ["content-length", 1e12, "body_too_large"],
])("%s as %o is refused", async (name, value, code) => {
  expect(await received({ [name]: value })).toMatchObject({ outcome: "refused", code });
});

test("a length may be a number, as AWS Lambda's wrappers make it", async () => {
  expect(await received({ "content-length": 0 })).toMatchObject({ outcome: "processed" });
  expect(await received({ "content-length": 700 })).toMatchObject({ outcome: "processed" });
});

test("content-encoding: identity is accepted, with blanks around it", async () => {
  expect(await received({ "content-encoding": " Identity " })).toMatchObject({ outcome: "processed" });
});

test("the hook gets an error that the platform threw while reading, unchanged", async () => {
  const error = new Error("disk full");
  const record = await received({}, () => Promise.reject(error));
  expect(record).toMatchObject({ outcome: "misconfigured", code: "internal_error" });
  expect(record?.error).toBe(error);
});

test("a request without a body has 0 bytes", async () => {
  const { webhooks } = receiving();
  const { url, headers } = attempt();
  const answer = await webhooks(new Request(url, { method: "POST", headers }));
  expect(await answer.json()).toMatchObject({
    code: "signature_mismatch",
    message: expect.stringContaining("(0 bytes arrived)"),
  });
});

test("the answer does not say why a secret could not be fetched", async () => {
  const { webhooks, records } = receiving({ secret: () => Promise.reject(new Error("vault sealed")) });
  expect(await (await webhooks(attempt())).json()).toMatchObject({
    code: "secret_unavailable",
    message: "This server could not find its signing secret; see its log.",
  });
  expect(records).toMatchObject([{ error: { message: "vault sealed" } }]);
});

describe("the time that a platform leaves for an answer", () => {
  /** @param handle a handler that never settles has the deadline in its answer */
  async function answered(deadlineMs: unknown, handle: () => unknown = () => new Promise(() => {})) {
    const receiver = createReceiver({ secret: SECRET, deadlineMs: 40, onOutcome() {} }).on("*", handle);
    const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
    const { status, body: text } = await receiver.receive({
      method: "POST",
      header: (name) => (headers as Record<string, string>)[name],
      readBody: async () => body,
      platform: undefined,
      deadlineMs: deadlineMs as number,
    });
    return [status, (JSON.parse(text) as { readonly message?: string }).message];
  }

  const stillRunning = (ms: number) => [
    503,
    `The handler is still running after ${ms} ms; its claim is kept until it ends.`,
  ];

  test.each([20.9, 20])("counts where it is less than the option deadlineMs: %s ms", async (deadlineMs) => {
    expect(await answered(deadlineMs)).toEqual(stillRunning(20));
  });

  test.each([41, 40, Number.NaN, "20", undefined, null])(
    "leaves the option as it is where it is not less, or not a number: %s",
    async (deadlineMs) => {
      expect(await answered(deadlineMs)).toEqual(stillRunning(40));
    },
  );

  test("runs no handler where nothing of it is left", async () => {
    const handler = vi.fn();
    for (const none of [0, 0.9, -5]) {
      expect(await answered(none, handler)).toEqual([
        503,
        "Receiving the delivery took longer than 0 ms (deadlineMs); the handler did not run.",
      ]);
    }
    expect(handler).not.toHaveBeenCalled();
  });
});
