import { ConfigurationError, createMemoryStore, type OutcomeRecord } from "@mintfax-webhooks/core";
import { BodyError, createReceiver, type IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { hidingPrototype, revoked, thenable, unreadable } from "test-support/foreign-values";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";
import { standardErrorLines } from "./support/standard-error.ts";

const lines = standardErrorLines();

function fail(): never {
  throw new Error("cannot call waitUntil any more");
}

const FAILING: readonly (readonly [string, (promise: Promise<unknown>) => unknown])[] = [
  ["throws", fail],
  ["rejects", () => Promise.reject(new Error("cannot call waitUntil any more"))],
  ["answers with a thenable that throws", () => thenable(fail)],
];

describe.each(FAILING)("a platform's waitUntil that %s", (_, waitUntil) => {
  test("changes no answer, and is logged", async () => {
    const { webhooks, records } = receiving();
    webhooks.on("fax.delivered", () => new Promise(setImmediate));
    expect((await webhooks(attempt(), { waitUntil })).status).toBe(200);
    expect(records).toMatchObject([{ outcome: "processed" }]);
    await webhooks.drain();
    await vi.waitFor(() =>
      expect(lines).toEqual([
        expect.stringContaining("the platform's waitUntil failed: Error: cannot call waitUntil any more"),
      ]),
    );
  });

  test("for a handler past its deadline: its claim is kept, and its end is reported", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = new BrokenStore(createMemoryStore());
    const { webhooks, records, late } = receiving({ store });
    const work = gate();
    const handler = vi.fn(() => work.promise);
    webhooks.on("fax.delivered", handler);
    const event = eventFixture("fax.delivered");
    const answer = webhooks(attempt(event), { waitUntil });
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    expect(store.calls).not.toContain("release");
    expect((await webhooks(attempt(event))).status).toBe(409);
    work.open();
    await webhooks.drain();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(records).toMatchObject([{ outcome: "timed_out" }, { outcome: "busy" }]);
    expect(late).toMatchObject([{ outcome: "processed" }]);
  });
});

test("a waitUntil of a handler's that is given junk reports it, and drain() ends", async () => {
  const { webhooks, late } = receiving();
  webhooks.on("fax.delivered", (_, { waitUntil }) => {
    waitUntil(unreadable());
    waitUntil(thenable(fail));
    waitUntil(undefined as never);
    waitUntil(withThen(fail));
  });
  expect((await webhooks(attempt())).status).toBe(200);
  await webhooks.drain();
  expect(late).toMatchObject(Array(3).fill({ code: "background_failed" }));
});

/** A promise that was given a `then` of its own. */
function withThen(then: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<unknown> {
  return Object.assign(Promise.resolve(), { then }) as unknown as Promise<unknown>;
}

describe.each([
  ["at once", createMemoryStore],
  ["later", () => new BrokenStore(createMemoryStore())],
])("a store that answers %s, and a handler that returns", (_, makeStore) => {
  test("what hides its prototype: the event is processed", async () => {
    const { webhooks, records } = receiving({ store: makeStore() });
    webhooks.on("fax.delivered", hidingPrototype);
    expect((await webhooks(attempt())).status).toBe(200);
    await webhooks.drain();
    expect(records).toMatchObject([{ outcome: "processed" }]);
  });

  test("a promise whose own then throws: the event failed, and its claim is released", async () => {
    const { webhooks, records } = receiving({ store: makeStore() });
    const event = eventFixture("fax.delivered");
    const returned = [withThen(fail)];
    webhooks.on("fax.delivered", () => returned.pop());
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect((await webhooks(attempt(event))).status).toBe(200);
    await webhooks.drain();
    expect(records).toMatchObject([{ code: "handler_failed" }, { outcome: "processed" }]);
  });

  test("a promise whose own then answers twice: the first answer counts", async () => {
    const store = new BrokenStore(makeStore());
    const { webhooks, records } = receiving({ store });
    webhooks.on("fax.delivered", () =>
      withThen((resolve, reject) => {
        resolve();
        reject(new Error("no"));
      }),
    );
    expect((await webhooks(attempt())).status).toBe(200);
    await webhooks.drain();
    expect(records).toMatchObject([{ outcome: "processed" }]);
    expect(store.calls).toEqual(["claim", "complete"]);
  });
});

describe("a handler, a store and a hook that throw what cannot be read", () => {
  const thrown: readonly (readonly [string, () => unknown])[] = [
    ["a revoked proxy", revoked],
    ["a proxy that throws at everything", () => unreadable()],
    ["a symbol", () => Symbol("no")],
    ["an object without a prototype", () => Object.create(null)],
    [
      "an error whose members are getters that throw",
      () =>
        Object.defineProperties(
          new Error("no"),
          Object.fromEntries(
            ["name", "message", "code", "stack", "cause", "errors", "hint"].map((name) => [
              name,
              { get: fail },
            ]),
          ),
        ),
    ],
    [
      "an error of ours that cannot be read",
      () => new Proxy(new ConfigurationError("option_invalid", "no"), { get: fail }),
    ],
    [
      "an error that is its own cause",
      () =>
        Object.assign(new Error("no"), {
          get cause() {
            return this;
          },
        }),
    ],
    [
      "a list of errors without end",
      () => Object.assign(new AggregateError([]), { errors: new Proxy([], { get: fail }) }),
    ],
  ];

  describe.each(thrown)("%s", (_, make) => {
    test.each(["handler", "store", "hook", "secret", "telemetry"])(
      "the %s: one answer, and drain() ends",
      async (which) => {
        const throwing = (): never => {
          throw make();
        };
        const store = new BrokenStore(createMemoryStore());
        if (which === "store") store.break("claim", throwing);
        vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
        const records: OutcomeRecord[] = [];
        const receiver = createReceiver({
          secret: which === "secret" ? throwing : SECRET,
          store,
          ...(which === "hook" && { onOutcome: throwing }),
          ...(which === "telemetry" && { telemetry: { onDelivery: throwing, onLateOutcome: throwing } }),
        }).on("fax.delivered", which === "handler" ? throwing : () => {});
        const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
        const answer = receiver.receive({
          method: "POST",
          header: (name) => headers[name],
          readBody: async () => body,
          platform: undefined,
        });
        await vi.advanceTimersByTimeAsync(10_000);
        const expected = { handler: 500, store: 503, secret: 503 }[which] ?? 200;
        expect((await answer).status).toBe(expected);
        expect(lines).toHaveLength(1);
        await receiver.drain();
        expect(records).toEqual([]);
      },
    );
  });
});

test.each<[string, () => unknown, number, string]>([
  ["cannot be read any more", fail, 500, "internal_error"],
  ["is another one than before", () => "transactional", 503, "store_unavailable"],
])("a store whose kind %s: one answer, and the handler does not run", async (_, kind, status, code) => {
  const store = createMemoryStore();
  const { webhooks, records } = receiving({ store });
  const handler = vi.fn();
  webhooks.on("fax.delivered", handler);
  Object.defineProperty(store, "kind", { get: kind });
  expect((await webhooks(attempt())).status).toBe(status);
  await webhooks.drain();
  expect(records).toMatchObject([{ code }]);
  expect(handler).not.toHaveBeenCalled();
});

test("Error.prepareStackTrace that makes no string of a stack changes no answer", async () => {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, sites) => sites;
  try {
    const failing = receiving({ onOutcome: () => Promise.reject(new Error("logger")) }).webhooks;
    failing.on("fax.delivered", () => {
      throw new Error("no");
    });
    expect((await failing(attempt())).status).toBe(500);
    await failing.drain();
  } finally {
    Error.prepareStackTrace = before;
  }
  expect(lines).toEqual([
    expect.stringContaining("an outcome hook failed: Error. "),
    expect.stringContaining("handler_failed"),
  ]);
});

describe("a delivery that throws where it is read", () => {
  const { headers, body } = signDelivery(eventFixture("fax.delivered"), { secret: SECRET });
  const good: IncomingDelivery = {
    method: "POST",
    header: (name) => headers[name],
    readBody: async () => body,
    platform: undefined,
  };

  test.each<[string, PropertyDescriptorMap, number]>([
    ["its method", { method: { get: fail } }, 500],
    ["a method that is a symbol", { method: { value: Symbol("POST") } }, 500],
    ["its headers", { header: { value: fail } }, 500],
    ["a header that cannot be read", { header: { value: () => unreadable() } }, 500],
    ["its body", { readBody: { value: fail } }, 500],
    ["a body that is not bytes", { readBody: { value: async () => unreadable() } }, 500],
    [
      "an error for its body that cannot be read",
      { readBody: { value: () => Promise.reject(revoked()) } },
      500,
    ],
    [
      "an error for its body with a code that there is not",
      { readBody: { value: () => Promise.reject(new BodyError("body_odd" as never, "odd")) } },
      500,
    ],
    ["its waitUntil", { waitUntil: { get: fail } }, 200],
    ["how it is let go", { letGo: { value: fail } }, 200],
    ["a promise of letting it go", { letGo: { value: () => Promise.reject(new Error("no")) } }, 200],
  ])("%s: one answer, and drain() ends", async (_, members, status) => {
    const receiver = createReceiver({ secret: SECRET }).on("fax.delivered", () => {});
    const incoming = Object.defineProperties({ ...good }, members);
    expect((await receiver.receive(incoming)).status).toBe(status);
    await receiver.drain();
  });

  test("its body, with an error of another kind that has a code of ours: the sender is told nothing of it", async () => {
    const receiver = createReceiver({ secret: SECRET }).on("fax.delivered", () => {});
    const error = Object.assign(new Error("no fax for Jane Roe"), { code: "body_timeout" });
    const answer = await receiver.receive({ ...good, readBody: () => Promise.reject(error) });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain("Jane Roe");
    await receiver.drain();
  });

  test("one that cannot be let go: the line says so, with the cause", async () => {
    const receiver = createReceiver({ secret: SECRET }).on("fax.delivered", () => {});
    await receiver.receive({ ...good, letGo: () => Promise.reject(new Error("the stream is locked")) });
    await receiver.drain();
    expect(lines).toEqual([
      expect.stringContaining("the body of a request could not be released: Error: the stream is locked at "),
    ]);
  });

  test("its platform, which handlers are given: the event failed, and its claim is released", async () => {
    const handler = vi.fn();
    const receiver = createReceiver({ secret: SECRET }).on("fax.delivered", handler);
    const incoming = Object.defineProperty({ ...good }, "platform", { get: fail });
    expect((await receiver.receive(incoming)).status).toBe(500);
    expect(handler).not.toHaveBeenCalled();
    expect((await receiver.receive(good)).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
    await receiver.drain();
  });

  test("its platform, where options are made of it", async () => {
    const receiver = createReceiver(() => ({ secret: SECRET }));
    const incoming = Object.defineProperty({ ...good }, "platform", { get: fail });
    expect((await receiver.receive(incoming)).status).toBe(500);
    await receiver.drain();
  });

  test("its options, with an error of ours that cannot be read", async () => {
    const receiver = createReceiver(async () => {
      throw new Proxy(new ConfigurationError("option_invalid", "no"), { get: fail });
    });
    expect((await receiver.receive(good)).status).toBe(500);
    await receiver.drain();
  });
});
