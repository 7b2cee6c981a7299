import { AsyncLocalStorage } from "node:async_hooks";
import { createMemoryStore } from "@mintfax-webhooks/core";
import {
  createWorker,
  type EnqueueRecord,
  handOff,
  type Queue,
  type QueuedMessage,
  type QueueTelemetry,
  QueueUnavailableError,
  type WorkerRecord,
  type WorkFacts,
} from "@mintfax-webhooks/queue";
import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const TRACE = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=1" };
const EVENT = eventFixture("fax.failed");
const PLACE = { engine: "list", queue: "faxes" };

const context = new AsyncLocalStorage<string>();

/** Keeps messages in a list. */
class ListQueue implements Queue {
  readonly engine = PLACE.engine;
  readonly name = PLACE.queue;
  readonly messages: QueuedMessage[] = [];
  readonly contexts: unknown[] = [];

  enqueue(message: QueuedMessage): "queued" | "known" {
    this.contexts.push(context.getStore());
    const isKnown = this.messages.some(({ id }) => id === message.id);
    if (!isKnown) this.messages.push(message);
    return isKnown ? "known" : "queued";
  }
}

/** Runs everything in a context of its own, and keeps what it is told. */
class Follower implements QueueTelemetry {
  readonly enqueued: unknown[] = [];
  readonly worked: [WorkFacts, WorkerRecord][] = [];
  readonly late: unknown[] = [];

  async onEnqueue(facts: unknown, enqueue: (trace?: typeof TRACE) => Promise<EnqueueRecord>): Promise<void> {
    this.enqueued.push([facts, await context.run("enqueue", () => enqueue(TRACE))]);
  }

  async onWork(facts: WorkFacts, work: () => Promise<WorkerRecord>): Promise<void> {
    this.worked.push([facts, await context.run("work", work)]);
  }

  onLateOutcome(record: unknown): void {
    this.late.push(record, context.getStore());
  }
}

function handingOff(queue: Queue, telemetry: QueueTelemetry) {
  const { webhooks } = receiving();
  return webhooks.on("*", handOff(queue, { telemetry }));
}

async function queued(telemetry: QueueTelemetry): Promise<QueuedMessage> {
  const queue = new ListQueue();
  expect((await handingOff(queue, telemetry)(attempt(EVENT))).status).toBe(200);
  return queue.messages[0] as QueuedMessage;
}

function job(message: unknown) {
  return { ...PLACE, message, attempt: 2, isLastAttempt: false };
}

describe("telemetry of a hand-off", () => {
  test("puts its trace into the message, and is told how the event was stored", async () => {
    const queue = new ListQueue();
    const telemetry = new Follower();
    for (const _ of ["first receiver", "another one"]) {
      expect((await handingOff(queue, telemetry)(attempt(EVENT))).status).toBe(200);
    }
    expect(queue.messages).toMatchObject([{ id: EVENT.id, trace: TRACE }]);
    expect(queue.contexts).toEqual(["enqueue", "enqueue"]);
    const facts = { ...PLACE, id: EVENT.id, type: "fax.failed" };
    expect(telemetry.enqueued).toEqual([
      [facts, { outcome: "queued", durationMs: expect.any(Number) }],
      [facts, { outcome: "known", durationMs: expect.any(Number) }],
    ]);
  });

  test("is told of an event that could not be stored", async () => {
    const queue = new ListQueue();
    const cause = new Error("ECONNREFUSED");
    vi.spyOn(queue, "enqueue").mockImplementation(() => {
      throw cause;
    });
    const telemetry = new Follower();
    expect((await handingOff(queue, telemetry)(attempt(EVENT))).status).toBe(503);
    const [[, record]] = telemetry.enqueued as [[unknown, EnqueueRecord]];
    expect(record.outcome).toBe("failed");
    expect(record.error).toBeInstanceOf(QueueUnavailableError);
    expect(record.error?.cause).toBe(cause);
  });

  test.each<[what: string, given: unknown, kept: unknown]>([
    ["an empty object", {}, undefined],
    ["a number", 5, undefined],
    ["more than a trace has", { ...TRACE, patient: "x" }, TRACE],
  ])("that gives %s as the trace does not break the message", async (_, given, kept) => {
    const telemetry = new Follower();
    telemetry.onEnqueue = async (_facts, enqueue) => void (await enqueue(given as typeof TRACE));
    expect((await queued(telemetry)).trace).toEqual(kept);
  });
});

describe("telemetry of a worker", () => {
  test("has the handler in its context, and is told what the hook is told", async () => {
    const telemetry = new Follower();
    const records: WorkerRecord[] = [];
    const seen: unknown[] = [];
    const worker = createWorker({
      store: createMemoryStore(),
      telemetry,
      onOutcome: (record) => records.push(record),
    }).on("fax.failed", async () => {
      await Promise.resolve();
      seen.push(context.getStore());
    });
    const message = await queued(telemetry);
    vi.useFakeTimers({ toFake: ["Date"], now: message.enqueuedAt + 5_000 });
    const record = await worker.process(job(message));
    expect(record).toMatchObject({ outcome: "processed", action: "finish", waitMs: 5_000 });
    expect(seen).toEqual(["work"]);
    expect(telemetry.worked).toEqual([[{ ...PLACE, attempt: 2, trace: TRACE }, record]]);
    expect(telemetry.worked[0]?.[1]).toBe(records[0]);
  });

  test("is told of what cannot be opened, by its trace if that can be read", async () => {
    const telemetry = new Follower();
    const worker = createWorker({ store: createMemoryStore(), telemetry, onParked() {}, onOutcome() {} });
    const unreadable = [null, "text", { trace: 5 }, { trace: TRACE }];
    for (const message of unreadable) {
      expect(await worker.process(job(message))).toMatchObject({ action: "park", waitMs: undefined });
    }
    expect(telemetry.worked.map(([{ trace }]) => trace)).toEqual([undefined, undefined, undefined, TRACE]);
    expect(telemetry.worked.map(([, { code }]) => code)).toEqual(unreadable.map(() => "message_malformed"));
  });

  test("is through with a message before the engine is told and before drain() resolves", async () => {
    const telemetry = new Follower();
    const work = gate();
    const worker = createWorker({ store: createMemoryStore(), telemetry }).on("*", () => work.promise);
    const message = await queued(telemetry);
    const told: number[] = [];
    const processed = worker.process(job(message)).then(() => told.push(telemetry.worked.length));
    await vi.waitFor(async () => expect(telemetry.worked).toHaveLength(0));
    const drained = worker.drain().then(() => told.push(telemetry.worked.length));
    work.open();
    await Promise.all([processed, drained]);
    expect(told).toEqual([1, 1]);
  });

  test("is told what ends past the deadline, in the context of the work", async () => {
    const telemetry = new Follower();
    const message = await queued(telemetry);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const work = gate();
    const hooks = { onOutcome() {}, onLateOutcome() {} };
    const worker = createWorker({ store: createMemoryStore(), telemetry, ...hooks }).on(
      "*",
      () => work.promise,
    );
    const processed = worker.process(job(message));
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(await processed).toMatchObject({ outcome: "timed_out", action: "retry" });
    work.open();
    await worker.drain();
    expect(telemetry.late).toMatchObject([{ outcome: "processed" }, "work"]);
  });
});

type Broken = (facts: unknown, start: () => Promise<unknown>) => unknown;

describe.each<[what: string, broken: Broken, isReported: boolean]>([
  [
    "throws before",
    () => {
      throw new TypeError("exporter");
    },
    true,
  ],
  [
    "throws after",
    (_, start) => {
      void start();
      throw new TypeError("exporter");
    },
    true,
  ],
  ["rejects", () => Promise.reject(new TypeError("exporter")), true],
  ["forgets to start the work", () => {}, false],
  ["never settles", () => new Promise(() => {}), false],
  ["starts it twice", (_, start) => Promise.all([start(), start()]), false],
  ["starts it later", (_, start) => void setImmediate(start), false],
])("telemetry that %s", (_, broken, isReported) => {
  test("changes nothing", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const telemetry = { onEnqueue: broken, onWork: broken, onLateOutcome() {} } as QueueTelemetry;
    const message = await queued(telemetry);
    const handler = vi.fn();
    const worker = createWorker({ store: createMemoryStore(), telemetry }).on("*", handler);
    expect(await worker.process(job(message))).toMatchObject({ outcome: "processed" });
    await new Promise((resolve) => setImmediate(resolve));
    expect(handler).toHaveBeenCalledTimes(1);
    const lines = log.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes("telemetry failed: TypeError"))).toHaveLength(
      isReported ? 2 : 0,
    );
  });
});

test.each([{}, () => {}, null])("telemetry of a wrong kind is refused (%#)", (telemetry) => {
  const expected = /telemetry is .*; expected what createTelemetry\(\)/;
  const given = { telemetry: telemetry as never };
  expect(() => handOff(new ListQueue(), given)).toThrow(expected);
  expect(() => createWorker({ store: createMemoryStore(), ...given })).toThrow(expected);
});
