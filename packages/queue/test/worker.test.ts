import { createMemoryStore, type LeaseStore } from "@mintfax-webhooks/core";
import {
  createWorker,
  type Job,
  type Worker,
  type WorkerOptions,
  type WorkerRecord,
} from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { revoked, unreadable } from "test-support/foreign-values";
import { gate } from "test-support/gate";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const EVENT = eventFixture("fax.failed");

const MESSAGE = {
  version: 1,
  namespace: "mintfax",
  id: EVENT.id,
  type: EVENT.type,
  created: EVENT.created,
  enqueuedAt: 1_795_000_000_000,
  body: JSON.stringify(EVENT),
};

/** A job of the suite's event, unless a test says otherwise. */
function job(members: Partial<Job> = {}): Job {
  return { engine: "test", queue: "mintfax", message: MESSAGE, attempt: 1, isLastAttempt: false, ...members };
}

const runs: unknown[] = [];
const quiet = { onOutcome: () => {}, onParked: () => {} };

function worker(options: Partial<WorkerOptions> = {}): Worker {
  return createWorker({ store: createMemoryStore(), ...quiet, ...options }).on("*", (event) => {
    runs.push(event);
  });
}

let printed: string[];
beforeEach(() => {
  runs.length = 0;
  printed = [];
  vi.spyOn(console, "error").mockImplementation((...line) => void printed.push(line.join(" ")));
});
afterEach(() => void vi.restoreAllMocks());

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["null", null],
  ["a text", "message"],
  ["a list", [MESSAGE]],
  ["a function", () => MESSAGE],
  ["a revoked proxy", revoked()],
  ["an object whose members throw", unreadable()],
  ["a message whose seal is a revoked proxy", { ...MESSAGE, seal: revoked() }],
  ["a message whose trace is a revoked proxy", { ...MESSAGE, trace: revoked(), body: 5 }],
  ["a message without a body", { ...MESSAGE, body: undefined }],
  ["a message with an empty id", { ...MESSAGE, id: "" }],
  ["a message with an id of 257 characters", { ...MESSAGE, id: "x".repeat(257) }],
  ["a message with U+0000 in its id", { ...MESSAGE, id: "evt_\u0000" }],
  ["a message with a dot in its id", { ...MESSAGE, id: "evt.1" }],
  ["a message whose created is a text", { ...MESSAGE, created: "yesterday" }],
])("%s as the message is parked as malformed", async (_, message) => {
  const subject = worker();
  expect(await subject.process(job({ message }))).toMatchObject({
    outcome: "refused",
    code: "message_malformed",
    action: "park",
  });
  expect(runs).toEqual([]);
  await subject.drain();
});

test("an unreadable trace does not keep a message from being worked on", async () => {
  const message = { ...MESSAGE, trace: revoked() };
  expect(await worker().process(job({ message }))).toMatchObject({ outcome: "processed", action: "finish" });
});

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["an empty object", {}],
  ["a revoked proxy", revoked()],
  ["an object whose members throw", unreadable()],
])("%s as the job is answered, not thrown at, and drain() ends", async (_, junk) => {
  const telemetry = {
    onEnqueue: () => {},
    onLateOutcome: () => {},
    onWork: async (_facts: unknown, start: () => Promise<unknown>) => void (await start()),
  };
  for (const subject of [worker(), worker({ telemetry })]) {
    expect(await subject.process(junk as never)).toMatchObject({ action: "park" });
    await subject.drain();
  }
  expect(runs).toEqual([]);
});

test.each<[string, () => unknown]>([
  [
    "throw",
    () => {
      throw new Error("the hook is broken");
    },
  ],
  [
    "throw a revoked proxy",
    () => {
      throw revoked();
    },
  ],
  ["reject", () => Promise.reject(new Error("the hook is broken"))],
  [
    "return a thenable that throws",
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable of foreign code
      then() {
        throw new Error("the hook is broken");
      },
    }),
  ],
  ["return an object whose members throw", () => unreadable()],
])("hooks that %s change nothing in the answer", async (_, hook) => {
  const subject = worker({ onOutcome: hook, onParked: hook });
  expect(await subject.process(job())).toMatchObject({ outcome: "processed", action: "finish" });
  expect(await subject.process(job({ message: {} }))).toMatchObject({ action: "park" });
  await subject.drain();
});

test("a hook that never ends holds up no answer", async () => {
  const subject = worker({ onOutcome: () => new Promise(() => {}) });
  expect(await subject.process(job())).toMatchObject({ outcome: "processed" });
});

test.each<[string, (store: BrokenStore) => void]>([
  ["unreachable", (store) => store.cut("claim")],
  ["rejecting with a revoked proxy", (store) => store.break("claim", () => Promise.reject(revoked()))],
])("a store that is %s has the message tried again, and parked after its last attempt", async (_, fault) => {
  const store = new BrokenStore(createMemoryStore());
  fault(store);
  const subject = worker({ store });
  expect(await subject.process(job())).toMatchObject({ outcome: "unavailable", action: "retry" });
  expect(await subject.process(job({ isLastAttempt: true }))).toMatchObject({ action: "park" });
  store.mend();
  expect(await subject.process(job())).toMatchObject({ outcome: "processed" });
  expect(runs).toHaveLength(1);
});

test.each([undefined, null, "claimed", { state: "claimed" }, { state: "DONE" }, { state: "done?" }, []])(
  "a store that answers a claim with %o is taken for unreachable",
  async (answer) => {
    const store = { ...memoryCalls(), claim: () => answer } as unknown as LeaseStore;
    expect(await worker({ store }).process(job())).toMatchObject({ outcome: "unavailable", action: "retry" });
    expect(runs).toEqual([]);
  },
);

test("a handler's error is retried, and neither its text nor its stack is in the record as JSON", async () => {
  const subject = createWorker({ store: createMemoryStore(), ...quiet }).on("fax.failed", () => {
    throw new Error("Ottilie Sandmann has no chart");
  });
  const record = await subject.process(job());
  expect(record).toMatchObject({ outcome: "failed", action: "retry", code: "handler_failed" });
  expect(JSON.stringify(record)).not.toMatch(/Ottilie|stack/);
  expect((record as { error?: Error }).error?.message).toBe("Ottilie Sandmann has no chart");
});

test("onOutcome is called once for each attempt, onParked once for what is parked", async () => {
  const [outcomes, parked]: WorkerRecord[][] = [[], []];
  const subject = createWorker({
    store: createMemoryStore(),
    onOutcome: (record) => void outcomes?.push(record),
    onParked: (record) => void parked?.push(record),
  }).on("fax.failed", () => {
    throw new Error("no chart");
  });
  await subject.process(job());
  await subject.process(job({ attempt: 2, isLastAttempt: true }));
  expect(outcomes?.map(({ attempt, action }) => [attempt, action])).toEqual([
    [1, "retry"],
    [2, "park"],
  ]);
  expect(parked?.map(({ attempt, code }) => [attempt, code])).toEqual([[2, "handler_failed"]]);
});

test("a message that is already being worked on is tried again later; one that is done is finished", async () => {
  const mayEnd = gate();
  const started = gate();
  const subject = createWorker({ store: createMemoryStore(), ...quiet }).on("*", async () => {
    started.open();
    await mayEnd.promise;
  });
  const first = subject.process(job());
  await started.promise;
  expect(await subject.process(job({ attempt: 2 }))).toMatchObject({ outcome: "busy", action: "retry" });
  mayEnd.open();
  expect(await first).toMatchObject({ outcome: "processed", action: "finish" });
  expect(await subject.process(job({ attempt: 3 }))).toMatchObject({
    outcome: "duplicate",
    action: "finish",
  });
});

test("a handler's signal aborts when the engine takes the message away, before or after it has begun", async () => {
  const reasons: unknown[] = [];
  const subject = createWorker({ store: createMemoryStore(), ...quiet }).on("*", async (_, { signal }) => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    reasons.push(signal.reason);
    throw signal.reason;
  });
  const shutdown = new Error("the engine shuts down");
  const controller = new AbortController();
  const record = subject.process(job({ signal: controller.signal }));
  controller.abort(shutdown);
  expect(await record).toMatchObject({ outcome: "failed", action: "retry" });
  expect(await subject.process(job({ signal: AbortSignal.abort(shutdown) }))).toMatchObject({
    action: "retry",
  });
  expect(reasons).toEqual([shutdown, shutdown]);
});

test("by default a parked message is one line on standard error that names no part of its body", async () => {
  const subject = createWorker({ store: createMemoryStore() });
  await subject.process(job());
  const line = printed.find((text) => text.includes("parked"));
  expect(line).toMatch(/parked \(fax\.failed evt_.*\): no_handler\..* mintfax-webhooks parked list/);
  expect(printed.join("\n")).not.toContain(EVENT.data.object.to);
});

test("that line names the function for Cloudflare Queues, which the command does not reach", async () => {
  const subject = createWorker({ store: createMemoryStore() });
  await subject.process(job({ engine: "cloudflare-queues" }));
  expect(printed.find((text) => text.includes("parked"))).toContain("cloudflareParked().list()");
});

test("forget() of a worker and that of a receiver are about two things, although both share a store", async () => {
  const store = createMemoryStore();
  const subject = worker({ store });
  await subject.process(job());
  expect(await store.forget({ namespace: "mintfax", id: EVENT.id })).toBe("absent");
  expect(await subject.forget(EVENT.id)).toBe("forgotten");
  expect(await subject.process(job())).toMatchObject({ outcome: "processed" });
  expect(runs).toHaveLength(2);
});

test("no receiver's namespace is the one that a worker claims in", async () => {
  const store = createMemoryStore();
  const claimed = store.claim({ namespace: "mintfax worker", id: EVENT.id }, "a receiver", 60_000);
  expect(await claimed).toMatchObject({ state: "claimed" });
  expect(await worker({ store }).process(job())).toMatchObject({ outcome: "processed" });
});

function memoryCalls(): LeaseStore {
  const store = createMemoryStore();
  return {
    kind: "lease",
    claim: (...args) => store.claim(...args),
    renew: (...args) => store.renew(...args),
    complete: (...args) => store.complete(...args),
    release: (...args) => store.release(...args),
    forget: (...args) => store.forget(...args),
    inspect: (...args) => store.inspect(...args),
  };
}
