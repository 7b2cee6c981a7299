import type { LateOutcomeRecord } from "@mintfax-webhooks/core";
import { BodyError } from "@mintfax-webhooks/core/adapter";
import { eventFixture } from "@mintfax-webhooks/testing";
import { thenable, unreadable } from "test-support/foreign-values";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const NUMBER = "+12125551234";

describe("the record of a delivery", () => {
  test("of a processed event", async () => {
    const { webhooks, records } = receiving({ secret: ["whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQt", SECRET] });
    const event = eventFixture("fax.delivered");
    webhooks.on("fax.delivered", () => {});
    await webhooks(attempt(event));
    expect(records).toEqual([
      {
        outcome: "processed",
        status: 200,
        id: event.id,
        type: "fax.delivered",
        created: event.created,
        secretIndex: 1,
        durationMs: expect.any(Number),
        handlerMs: expect.any(Number),
      },
    ]);
  });

  test("has what the handler threw, out of the way of serialisers", async () => {
    const { webhooks, records } = receiving();
    const error = new Error(`cannot reach ${NUMBER}`);
    webhooks.on("fax.delivered", () => Promise.reject(error));
    const answer = await webhooks(attempt());
    const record = records[0];
    expect(record?.error).toBe(error);
    expect(JSON.stringify({ ...record, again: record })).not.toContain("error");
    expect(await answer.text()).not.toContain(NUMBER);
  });

  test("tells how long all of it took, and the handler's part", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { webhooks, records, late } = receiving();
    // Some time into a process's life.
    await vi.advanceTimersByTimeAsync(1_000);
    webhooks
      .on("fax.delivered", () => new Promise((resolve) => setTimeout(resolve, 300)))
      .on("fax.failed", () => new Promise((resolve) => setTimeout(resolve, 30_000)));
    const work = gate<Uint8Array<ArrayBuffer>>();
    const { url, headers, body } = attempt();
    const slow = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(await work.promise);
        controller.close();
      },
    });
    const answer = webhooks(
      new Request(url, { method: "POST", headers, body: slow, duplex: "half" } as RequestInit),
    );
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    await vi.advanceTimersByTimeAsync(200);
    work.open(bytes);
    await vi.advanceTimersByTimeAsync(300);
    expect((await answer).status).toBe(200);
    expect(records).toMatchObject([{ durationMs: 500, handlerMs: 300 }]);
    expect("error" in (records[0] ?? {})).toBe(false);

    const past = webhooks(attempt(eventFixture("fax.failed")));
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await past).status).toBe(503);
    expect(records[1]).toMatchObject({ durationMs: 25_000, handlerMs: 25_000 });
    expect(late).toMatchObject([{ durationMs: 30_000 }]);
    await webhooks(new Request("https://clinic.example/", { method: "POST", body: "{}" }));
    expect(records[2]).toMatchObject({ durationMs: 0, handlerMs: undefined });
  });

  test("says nothing of the type before the signature has held", async () => {
    const { webhooks, records } = receiving();
    const good = attempt();
    await webhooks(new Request(good.url, { method: "POST", headers: good.headers, body: "{}" }));
    expect(records).toMatchObject([
      { code: "signature_mismatch", type: undefined, created: undefined, secretIndex: undefined },
    ]);
  });
});

function fail(): never {
  throw new TypeError("logger");
}

describe("a hook that is broken", () => {
  test.each([
    ["throws", fail],
    ["rejects", () => Promise.reject(new TypeError("logger"))],
    ["answers a proxy that throws at everything", () => unreadable(() => new TypeError("logger"))],
    ["answers a thenable that throws", () => thenable(fail)],
    ["answers a thenable that rejects", () => thenable((_, reject) => reject(new TypeError("logger")))],
  ] as [string, () => unknown][])("%s: the answer stays", async (_, onOutcome) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { webhooks } = receiving({ onOutcome });
    webhooks.on("fax.delivered", () => {});
    expect((await webhooks(attempt())).status).toBe(200);
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(1));
    expect(log.mock.calls[0]?.[0]).toMatch(
      /^mintfax-webhooks: an outcome hook failed: TypeError at .*observe\.test\.ts:\d+:\d+\)?\. To see its message, catch it in the hook\.$/,
    );
  });
});

test("a hook that fails does not hide what needs a person: the log says it", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const { webhooks } = receiving({ onOutcome: fail });
  webhooks.on("fax.delivered", () => Promise.reject(new Error("no")));
  await webhooks(attempt());
  expect(log.mock.calls).toEqual([
    [expect.stringContaining("an outcome hook failed")],
    [expect.stringContaining("handler_failed")],
  ]);
});

test("a hook whose promise never settles holds up neither the answer nor drain()", async () => {
  const { webhooks } = receiving({ onOutcome: () => new Promise(() => {}) });
  expect((await webhooks(attempt())).status).toBe(200);
  await webhooks.drain();
});

test("something that breaks inside is answered with 500 and reported, not thrown", async () => {
  const { webhooks, records } = receiving();
  const request = attempt();
  const broken = new TypeError("inside");
  Object.defineProperty(request, "headers", {
    get() {
      throw broken;
    },
  });
  expect((await webhooks(request)).status).toBe(500);
  expect(records).toMatchObject([{ outcome: "misconfigured", code: "internal_error", error: broken }]);
});

describe("drain", () => {
  test("waits for a handler in flight", async () => {
    const { webhooks } = receiving();
    const work = gate();
    webhooks.on("fax.delivered", () => work.promise);
    const answer = webhooks(attempt());
    let drained = false;
    const draining = webhooks.drain().then(() => {
      drained = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).toBe(false);
    work.open();
    await draining;
    expect((await answer).status).toBe(200);
  });

  test("waits for a handler past its deadline, and for waitUntil", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { webhooks } = receiving();
    const work = gate();
    const more = gate();
    webhooks.on("fax.delivered", (_, { waitUntil }) => {
      waitUntil(more.promise);
      return work.promise;
    });
    const answer = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    let drained = false;
    const draining = webhooks.drain().then(() => {
      drained = true;
    });
    work.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(drained).toBe(false);
    more.open();
    await draining;
  });

  test("is over at once where nothing is going on", async () => {
    await receiving().webhooks.drain();
  });
});

describe("waitUntil", () => {
  test("a rejection is reported, and the event stays processed", async () => {
    const { webhooks, records, late } = receiving();
    const error = new Error("mail server");
    const event = eventFixture("fax.delivered");
    webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(Promise.reject(error)));
    expect((await webhooks(attempt(event))).status).toBe(200);
    await webhooks.drain();
    expect(records).toMatchObject([{ outcome: "processed" }]);
    expect(late as LateOutcomeRecord[]).toMatchObject([{ code: "background_failed", id: event.id, error }]);
  });

  test.each([undefined, null, {}, { waitUntil: "later" }, "text", 7])(
    "a platform without one (%j) changes nothing",
    async (execution) => {
      const { webhooks } = receiving();
      webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(Promise.resolve()));
      expect((await webhooks(attempt(), execution)).status).toBe(200);
      await webhooks.drain();
    },
  );

  test("is handed to the platform, as a method of its own", async () => {
    const { webhooks } = receiving();
    const work = gate();
    webhooks.on("fax.delivered", (_, { waitUntil }) => waitUntil(work.promise));
    class ExecutionContext {
      readonly promises: Promise<unknown>[] = [];
      waitUntil(promise: Promise<unknown>): void {
        this.promises.push(promise);
      }
    }
    const execution = new ExecutionContext();
    expect((await webhooks(attempt(), execution)).status).toBe(200);
    // The delivery itself, should the sender hang up, and the handler's promise.
    expect(execution.promises).toHaveLength(2);
    let over = false;
    const allOver = Promise.all(execution.promises).then(() => {
      over = true;
    });
    await execution.promises[0];
    expect(over).toBe(false);
    work.open();
    await allOver;
  });
});

test("errors have a stable code and a name", () => {
  const error = new BodyError("body_too_large", "too large");
  expect(error).toMatchObject({ name: "BodyError", code: "body_too_large" });
  expect(error).toBeInstanceOf(Error);
});
