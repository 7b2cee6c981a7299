import { BodyError, createMemoryStore, type LateOutcomeRecord } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BrokenStore } from "./support/broken-store.ts";
import { attempt, gate, receiving, SECRET } from "./support/receiving.ts";

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

describe("a hook that is broken", () => {
  test.each([
    [
      "throws",
      () => {
        throw new TypeError("logger");
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("logger"))],
  ])("%s: the answer stays", async (_, onOutcome) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { webhooks } = receiving({ onOutcome });
    webhooks.on("fax.delivered", () => {});
    expect((await webhooks(attempt())).status).toBe(200);
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(1));
    expect(log.mock.calls[0]?.[0]).toMatch(
      /^mintfax-webhooks: an outcome hook failed: TypeError at .*observe\.test\.ts:\d+:\d+\)?\. Set onOutcome to see all of it\.$/,
    );
  });
});

describe("without hooks", () => {
  /** Everything that goes to standard error. */
  function logged(): string[] {
    const lines: string[] = [];
    vi.spyOn(console, "error").mockImplementation((line) => lines.push(String(line)));
    return lines;
  }
  const unobserved = { onOutcome: undefined, onLateOutcome: undefined } as never;

  test("a handler's error is logged by name, code and place, without its message", async () => {
    const lines = logged();
    const { webhooks } = receiving(unobserved);
    const error = Object.assign(new RangeError(`no patient at ${NUMBER}\n    at ${NUMBER}`), {
      code: "E_PATIENT",
    });
    webhooks.on("fax.delivered", () => Promise.reject(error));
    const event = eventFixture("fax.delivered");
    await webhooks(attempt(event));
    expect(lines).toHaveLength(1);
    for (const part of [
      "handler_failed",
      event.id,
      "fax.delivered",
      "RangeError [E_PATIENT]",
      "observe.test.ts",
    ]) {
      expect(lines[0]).toContain(part);
    }
    expect(lines[0]).not.toContain(NUMBER);
  });

  test.each<[string, unknown, string]>([
    ["a string", "no patient", "a thrown string."],
    ["nothing", undefined, ""],
    [
      "an error without a place",
      Object.assign(new Error("no"), { stack: undefined }),
      "Error. Set onOutcome to see all of it.",
    ],
    [
      "an error with a number for a code",
      Object.assign(new Error("no"), { code: 7, stack: "Error: no\n    at handler (/srv/fax.js:1:2)" }),
      "Error at handler (/srv/fax.js:1:2). Set onOutcome to see all of it.",
    ],
    [
      "an error whose message looks like places",
      Object.assign(new Error("no"), {
        stack: `Error: no\nlook at ${NUMBER}:1:2\n    at ${NUMBER}:10:22 in the morning\n    at /srv/fax.js:10:22\n    at later (/srv/fax.js:30:4)`,
      }),
      "Error at /srv/fax.js:10:22. Set onOutcome to see all of it.",
    ],
  ])("the line of a handler that threw %s", async (_, thrown, cause) => {
    const lines = logged();
    const { webhooks } = receiving(unobserved);
    webhooks.on("fax.delivered", () => Promise.reject(thrown));
    const event = eventFixture("fax.delivered");
    await webhooks(attempt(event));
    expect(lines).toEqual([
      `mintfax-webhooks: handler_failed (fax.delivered ${event.id}): ` +
        `The handler of this event failed; see this server's log.${cause && ` Cause: ${cause}`}`,
    ]);
  });

  test("what breaks inside before anything is known has a line without a subject", async () => {
    const lines = logged();
    const { webhooks } = receiving(unobserved);
    const request = attempt();
    Object.defineProperty(request, "headers", { value: null });
    await webhooks(request);
    expect(lines).toEqual([
      expect.stringMatching(
        /^mintfax-webhooks: internal_error: Something broke in this server; see its log\. Cause: TypeError at /,
      ),
    ]);
  });

  test("a handler past its deadline, a store that is away and a lost lease are logged", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const lines = logged();
    const store = new BrokenStore(createMemoryStore());
    const { webhooks } = receiving({ ...(unobserved as object), store });
    const work = gate();
    webhooks.on("fax.delivered", () => work.promise).on("fax.failed", () => {});
    const slow = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(25_000);
    await slow;
    store.cut("claim");
    await webhooks(attempt(eventFixture("fax.failed")));
    store.mend();
    store.complete = () => "lost";
    await webhooks(attempt(eventFixture("fax.failed")));
    expect(lines.map((line) => /mintfax-webhooks: (\w+) /.exec(line)?.[1])).toEqual([
      "handler_timed_out",
      "store_unavailable",
      "lease_lost",
    ]);
    work.open();
    await webhooks.drain();
  });

  test("an alarm is logged although the answer is 200", async () => {
    const lines = logged();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = new BrokenStore(createMemoryStore());
    const { webhooks } = receiving({ ...(unobserved as object), store });
    webhooks.on("fax.delivered", () => {});
    store.cut("complete");
    const answer = webhooks(attempt());
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(lines).toEqual([expect.stringContaining("complete_unavailable")]);
  });

  test("what went well, and what strangers send, is not logged", async () => {
    const lines = logged();
    const { webhooks } = receiving(unobserved);
    webhooks.on("fax.delivered", () => {});
    const event = eventFixture("fax.delivered");
    await webhooks(attempt(event));
    await webhooks(attempt(event));
    await webhooks(attempt(eventFixture("fax.queued")));
    await webhooks(new Request("https://clinic.example/", { method: "POST", body: "{}" }));
    expect(lines).toEqual([]);
  });

  test("a body that was read before us is logged with the fix", async () => {
    const lines = logged();
    const { webhooks } = receiving(unobserved);
    const request = attempt();
    await request.text();
    const answer = await webhooks(request);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ outcome: "misconfigured", code: "body_already_parsed" });
    expect(lines).toEqual([expect.stringContaining("request.clone()")]);
  });
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
    "a platform that has none (%j) is no trouble",
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
