import { createMemoryStore, DeadlineExceededError, type LeaseStore } from "@mintfax-webhooks/core";
import {
  createWorkerEngine,
  type WorkContext,
  type WorkerEngineOptions,
  type WorkItem,
} from "@mintfax-webhooks/core/worker";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { describe, expect, test, vi } from "vitest";
import { standardErrorLines } from "./support/standard-error.ts";

const lines = standardErrorLines();

const EVENT = eventFixture("fax.failed");

function item(overrides: Partial<WorkItem> = {}): WorkItem {
  return { id: EVENT.id, namespace: "mintfax", body: JSON.stringify(EVENT), attempt: 1, ...overrides };
}

function engine(store: LeaseStore = createMemoryStore(), deadlineMs = 60_000) {
  return createWorkerEngine({ store, deadlineMs, leaseMs: 30_000 });
}

describe("an engine without HTTP", () => {
  test("hands the event and its context to the handler", async () => {
    const seen: unknown[] = [];
    const worker = engine().on("fax.failed", (event, context) => {
      seen.push(event, { ...context }, context.signal.aborted);
    });
    const record = await worker.work(item({ attempt: 7 }));
    expect(seen).toEqual([EVENT, { id: EVENT.id, attempt: 7, fence: expect.any(Number) }, false]);
    expect(record).toEqual({
      outcome: "processed",
      id: EVENT.id,
      type: "fax.failed",
      created: EVENT.created,
      attempt: 7,
      durationMs: expect.any(Number),
      handlerMs: expect.any(Number),
    });
  });

  test("works on an event once, and keeps namespaces apart", async () => {
    const handler = vi.fn();
    const worker = engine().on("*", handler);
    const outcomes = [];
    for (const namespace of ["a", "a", "b"]) outcomes.push((await worker.work(item({ namespace }))).outcome);
    expect(outcomes).toEqual(["processed", "duplicate", "processed"]);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("works on an event again once it has forgotten it", async () => {
    const handler = vi.fn();
    const worker = engine().on("*", handler);
    await worker.work(item());
    expect(await worker.forget(EVENT.id, "other")).toBe("absent");
    expect(await worker.forget(EVENT.id, "mintfax")).toBe("forgotten");
    expect((await worker.work(item())).outcome).toBe("processed");
  });

  test("runs one of two copies that come at once", async () => {
    const work = gate();
    const worker = engine().on("*", () => work.promise);
    const first = worker.work(item());
    expect((await worker.work(item())).outcome).toBe("busy");
    work.open();
    expect((await first).outcome).toBe("processed");
  });

  test("releases the claim of a handler that failed, and keeps its error out of the way of serialisers", async () => {
    const error = new Error("+12125551234");
    const worker = engine().on("*", vi.fn().mockRejectedValueOnce(error));
    const record = await worker.work(item());
    expect(record).toMatchObject({ outcome: "failed", code: "handler_failed" });
    expect(record.error).toBe(error);
    expect(JSON.stringify({ ...record })).not.toContain("+1212");
    expect((await worker.work(item())).outcome).toBe("processed");
  });

  test("gives up on a handler at the deadline, keeps its claim, and reports how it ends", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const late = vi.fn();
    const work = gate();
    let context: WorkContext | undefined;
    const worker = createWorkerEngine({
      store: createMemoryStore(),
      deadlineMs: 3_600_000,
      leaseMs: 30_000,
      onLateOutcome: late,
    }).on("*", (_, given) => {
      context = given;
      return work.promise;
    });
    const record = worker.work(item());
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await record).toMatchObject({ outcome: "timed_out", code: "handler_timed_out" });
    expect(context?.signal.reason).toBeInstanceOf(DeadlineExceededError);
    await vi.advanceTimersByTimeAsync(600_000);
    expect((await worker.work(item())).outcome).toBe("busy");
    work.open();
    await worker.drain();
    expect(late).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ outcome: "processed" }));
    expect((await worker.work(item())).outcome).toBe("duplicate");
  });

  test("aborts the handler's signal when the queue takes the message away", async () => {
    const queue = new AbortController();
    const worker = engine().on("*", async (_, { signal }) => {
      queue.abort(new Error("the lock was lost"));
      signal.throwIfAborted();
    });
    const record = await worker.work(item({ signal: queue.signal }));
    expect(record).toMatchObject({ outcome: "failed", error: new Error("the lock was lost") });
  });

  test("that was taken away before it begins finds its signal aborted, with the reason as the cause", async () => {
    let reason: unknown;
    const worker = engine().on("*", (_, { signal }) => {
      reason = signal.reason;
    });
    await worker.work(item({ signal: AbortSignal.abort("the lock was lost") }));
    expect(reason).toMatchObject({
      message: "The queue has taken the message away.",
      cause: "the lock was lost",
    });
  });

  test("listens to the queue's signal until its handler has ended, past the deadline too", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const queue = new AbortController();
    const removed = vi.spyOn(queue.signal, "removeEventListener");
    const work = gate();
    const worker = engine(createMemoryStore(), 1_000).on("*", () => work.promise);
    const added = vi.spyOn(queue.signal, "addEventListener");
    const record = worker.work(item({ signal: queue.signal }));
    await vi.advanceTimersByTimeAsync(1_000);
    await record;
    expect(removed).not.toHaveBeenCalled();
    work.open();
    await worker.drain();
    // One signal may serve all messages of a worker, for months.
    expect(removed).toHaveBeenCalledExactlyOnceWith(...(added.mock.calls[0] ?? []));
  });

  test("says how long it took, and how long its handler did", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = createMemoryStore();
    const claim = store.claim.bind(store);
    store.claim = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return claim(...args);
    };
    const complete = store.complete.bind(store);
    store.complete = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return complete(...args);
    };
    const worker = engine(store).on("*", () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    vi.advanceTimersByTime(5_000);
    const record = worker.work(item());
    await vi.advanceTimersByTimeAsync(1_350);
    expect(await record).toMatchObject({ durationMs: 1_350, handlerMs: 1_000 });
    const again = worker.work(item());
    await vi.advanceTimersByTimeAsync(300);
    expect(await again).toMatchObject({ outcome: "duplicate", durationMs: 300 });
    expect((await again).handlerMs).toBeUndefined();
  });

  test("drain() waits for what it works on", async () => {
    const work = gate();
    const worker = engine().on("*", () => work.promise);
    const record = worker.work(item());
    const drained = vi.fn();
    const draining = worker.drain().then(drained);
    await new Promise((resolve) => setImmediate(resolve));
    expect(drained).not.toHaveBeenCalled();
    work.open();
    await Promise.all([record, draining]);
  });

  test("a signal whose listeners cannot be removed changes nothing, and drain() ends", async () => {
    const signal = Object.assign(new AbortController().signal, {
      removeEventListener() {
        throw new Error("revoked");
      },
    });
    const worker = engine().on("*", () => {});
    expect(await worker.work(item({ signal }))).toMatchObject({ outcome: "processed" });
    await worker.drain();
  });

  test("a signal that cannot be listened to is an internal error, and the handler does not run", async () => {
    const handler = vi.fn();
    const signal = {
      get aborted() {
        throw new Error("revoked");
      },
    };
    const record = await engine()
      .on("*", handler)
      .work(item({ signal: signal as unknown as AbortSignal }));
    expect(record).toMatchObject({
      code: "internal_error",
      message: "An internal error occurred in this worker; see its log.",
      error: { message: "revoked" },
    });
    expect(handler).not.toHaveBeenCalled();
  });

  test("a handler in a transaction has it in its context, and no other one has", async () => {
    const tx = { query() {} };
    const contexts: unknown[] = [];
    const store = {
      kind: "transactional",
      transact: async (_: unknown, work: (claim: unknown) => Promise<unknown>) => {
        await work({ tx, fence: 7 });
        return "committed";
      },
    };
    const inTransaction = createWorkerEngine<typeof tx>({ store: store as never });
    await inTransaction.on("*", (_, context) => void contexts.push({ ...context })).work(item());
    await engine()
      .on("*", (_, context) => void contexts.push({ ...context }))
      .work(item());
    expect(contexts).toStrictEqual([
      { id: EVENT.id, attempt: 1, fence: 7, tx },
      { id: EVENT.id, attempt: 1, fence: expect.any(Number) },
    ]);
  });

  describe("and a handler that fails past its deadline", () => {
    async function failLate(options: Partial<WorkerEngineOptions> = {}): Promise<void> {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const work = gate();
      const worker = createWorkerEngine({ store: createMemoryStore(), deadlineMs: 1_000, ...options }).on(
        "*",
        async () => {
          await work.promise;
          throw new Error("no fax for Jane Roe");
        },
      );
      const record = worker.work(item());
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await record).toMatchObject({ outcome: "timed_out" });
      work.open();
      await worker.drain();
    }

    test("prints a line, without the message, which may quote a fax", async () => {
      await failLate();
      expect(lines).toEqual([expect.stringContaining("handler_failed")]);
      expect(lines[0]).not.toContain("Jane Roe");
    });

    test("prints the message in development", async () => {
      await failLate({ development: true });
      expect(lines).toEqual([expect.stringContaining("no fax for Jane Roe")]);
    });

    test("tells telemetry, which needs no more than that method", async () => {
      const onLateOutcome = vi.fn();
      await failLate({ telemetry: { onLateOutcome } });
      expect(onLateOutcome).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ code: "handler_failed" }),
      );
    });
  });

  test("whose store cannot record an event tells it for longer than a platform keeps a receiver alive", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const late = vi.fn();
    const store = new BrokenStore(createMemoryStore());
    const worker = createWorkerEngine({ store, onLateOutcome: late }).on("*", () => {});
    store.cut("complete");
    const record = worker.work(item());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await record).toMatchObject({ outcome: "processed", code: "complete_unavailable" });
    expect(late).not.toHaveBeenCalled();
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
    await worker.drain();
    expect(late).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ outcome: "processed" }));
  });

  test("shows a check its store, and whether it has handlers", () => {
    const store = createMemoryStore();
    const worker = engine(store);
    expect(worker["~setup"]()).toEqual({ hasHandlers: false, store });
    worker.on("*", () => {});
    expect(worker["~setup"]().hasHandlers).toBe(true);
  });

  test.each([
    ["not JSON", "{", "body_not_json"],
    ["not an envelope", "[]", "envelope_malformed"],
  ])("refuses a body that is %s", async (_, body, code) => {
    const handler = vi.fn();
    expect(await engine().on("*", handler).work(item({ body }))).toMatchObject({ outcome: "refused", code });
    expect(handler).not.toHaveBeenCalled();
  });

  test("leaves an event without a handler alone", async () => {
    const store = createMemoryStore();
    expect((await engine(store).work(item())).outcome).toBe("unhandled");
    expect((await engine(store).on("*", vi.fn()).work(item())).outcome).toBe("processed");
  });

  test("of a store that is unreachable does not run the handler", async () => {
    const handler = vi.fn();
    const store = {
      ...createMemoryStore(),
      kind: "lease",
      claim: () => Promise.reject(new Error("ECONNREFUSED")),
    };
    expect(
      await engine(store as unknown as LeaseStore)
        .on("*", handler)
        .work(item()),
    ).toMatchObject({
      outcome: "unavailable",
      code: "store_unavailable",
    });
    expect(handler).not.toHaveBeenCalled();
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no store", {}, /store/],
    ["a lease that is too short", { store: createMemoryStore(), leaseMs: 10 }, /leaseMs is 10/],
    [
      "a deadline of 8 days",
      { store: createMemoryStore(), deadlineMs: 691_200_000 },
      /deadlineMs is 691200000/,
    ],
    ["a hook that is not a function", { store: createMemoryStore(), onLateOutcome: 7 }, /onLateOutcome/],
    [
      "telemetry that hears of nothing",
      { store: createMemoryStore(), telemetry: {} },
      /telemetry is an object/,
    ],
    ["a secret", { store: createMemoryStore(), secret: "whsec_" }, /"secret" is not an option of a worker/],
  ])("refuses %s", (_, options, expected) => {
    expect(() => createWorkerEngine(options as never)).toThrow(expected);
  });
});
