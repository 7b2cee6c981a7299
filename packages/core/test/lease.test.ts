import {
  createMemoryStore,
  LeaseLostError,
  type LeaseStore,
  StoreUnavailableError,
} from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const event = eventFixture("fax.failed");
const key = { namespace: "mintfax", id: event.id };

/** Lets requests go as far as they can without time passing. */
const settled = () => vi.advanceTimersByTimeAsync(0);

/** The clock moves, and no timer has had its turn yet. */
function standStill(ms: number): void {
  const laterMs = performance.now() + ms;
  const now = vi.spyOn(performance, "now").mockImplementation(() => laterMs);
  onTestFinished(() => now.mockRestore());
}

describe("copies of one event", () => {
  test("while the first runs: 409 with Retry-After; after it: 200 without a second run", async () => {
    const { webhooks, records } = receiving();
    const { promise, open } = gate();
    const handler = vi.fn(() => promise);
    webhooks.on("fax.failed", handler);
    const first = webhooks(attempt(event));
    await settled();
    const second = await webhooks(attempt(event));
    expect(second.status).toBe(409);
    expect(second.headers.get("retry-after")).toBe("10");
    open();
    expect((await first).status).toBe(200);
    expect(await (await webhooks(attempt(event))).json()).toEqual({ outcome: "duplicate", id: event.id });
    expect(handler).toHaveBeenCalledTimes(1);
    expect(records.map((record) => record.outcome)).toEqual(["busy", "processed", "duplicate"]);
  });

  test("another event is not held up", async () => {
    const { webhooks } = receiving();
    webhooks.on("fax.failed", () => gate().promise).on("fax.queued", () => {});
    void webhooks(attempt(event));
    await settled();
    expect((await webhooks(attempt(eventFixture("fax.queued")))).status).toBe(200);
  });
});

describe("a handler that throws", () => {
  test.each([
    [
      "at once",
      () => {
        throw new Error("no");
      },
    ],
    ["later", () => Promise.reject(new Error("no"))],
    ["undefined", () => Promise.reject(undefined)],
  ])("%s: 500, and the retry runs it again", async (_, fail) => {
    const { webhooks, records } = receiving();
    const handler = vi.fn().mockImplementationOnce(fail).mockResolvedValue(undefined);
    webhooks.on("fax.failed", handler);
    const first = await webhooks(attempt(event));
    expect(first.status).toBe(500);
    expect(await first.json()).toMatchObject({ outcome: "failed", code: "handler_failed", id: event.id });
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
    expect(records.map((record) => record.code)).toEqual(["handler_failed", undefined]);
  });

  test("the fence has grown on the retry", async () => {
    const { webhooks } = receiving();
    const fences: number[] = [];
    webhooks.on("fax.failed", (_, { fence }) => {
      fences.push(fence);
      if (fences.length < 3) throw new Error("no");
    });
    for (let i = 0; i < 3; i++) await webhooks(attempt(event));
    expect(fences).toEqual([...fences].sort((a, b) => a - b));
    expect(new Set(fences).size).toBe(3);
  });
});

describe("a crash in the middle", () => {
  test("the event is busy until the lease has run out, then runs", async () => {
    const store = createMemoryStore();
    const { webhooks } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    // The claim of a process that died: it is neither renewed nor settled.
    await store.claim(key, "a process that died", 45_000);
    expect((await webhooks(attempt(event))).status).toBe(409);
    await vi.advanceTimersByTimeAsync(44_999);
    expect((await webhooks(attempt(event))).status).toBe(409);
    expect(handler).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  // Threat: T14
  test("what the stale holder does afterwards changes nothing", async () => {
    const store = createMemoryStore();
    const stale = await store.claim(key, "stale", 45_000);
    if (stale.state !== "claimed") throw new Error("not claimed");
    const holder = { owner: "stale", fence: stale.fence };
    await vi.advanceTimersByTimeAsync(45_000);
    const next = await store.claim(key, "next", 45_000);
    expect(next).toMatchObject({ state: "claimed" });
    expect(await store.renew(key, holder, 45_000)).toBe("lost");
    expect(await store.complete(key, holder)).toBe("lost");
    expect(await store.release(key, holder)).toBe("lost");
    expect(await store.claim(key, "third", 45_000)).toEqual({ state: "pending" });
  });
});

describe("the deadline", () => {
  test("503 and an aborted signal; 409 while the handler goes on; 200 without a second run after it", async () => {
    const { webhooks, records, late } = receiving();
    const { promise, open } = gate();
    let signal: AbortSignal | undefined;
    const handler = vi.fn((_, context: { signal: AbortSignal }) => {
      signal = context.signal;
      return promise;
    });
    webhooks.on("fax.failed", handler);
    const first = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(24_999);
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    const answer = await first;
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ outcome: "timed_out", code: "handler_timed_out" });
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ name: "DeadlineExceededError", code: "deadline_exceeded" });
    expect(signal?.reason.message).toMatch(
      /still running at its deadline, after 25000 ms. Stop the work, or let it finish: its claim is kept/,
    );
    expect(records[0]).toMatchObject({ outcome: "timed_out", status: 503, handlerMs: 25_000 });

    expect((await webhooks(attempt(event))).status).toBe(409);
    // Far beyond the lease of 45 s: it is renewed for as long as the handler works.
    await vi.advanceTimersByTimeAsync(300_000);
    expect((await webhooks(attempt(event))).status).toBe(409);
    expect(late).toEqual([]);

    open();
    await settled();
    expect(late).toMatchObject([{ outcome: "processed", id: event.id, type: "fax.failed" }]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  // In Deno before 2.8, unless core is loaded from an npm package.
  test("is kept where timers are numbers", async () => {
    const { setTimeout } = globalThis;
    vi.stubGlobal("setTimeout", (ring: () => void, delayMs: number) => Number(setTimeout(ring, delayMs)));
    const { webhooks } = receiving();
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    open();
    await webhooks.drain();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("its reason stays, for code that reads the signal later", async () => {
    const store = createMemoryStore();
    const { webhooks } = receiving({ store });
    const { promise, open } = gate();
    let context: { readonly signal: AbortSignal } | undefined;
    webhooks.on("fax.failed", (_, given) => {
      context = given;
      return promise;
    });
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await answer).status).toBe(503);
    // The lease goes, too.
    store.renew = () => "lost";
    await vi.advanceTimersByTimeAsync(15_000);
    expect(context?.signal.aborted).toBe(true);
    expect(context?.signal.reason).toMatchObject({ code: "deadline_exceeded" });
    open();
    await webhooks.drain();
  });

  test("a handler that fails after it is reported, and the retry runs it again", async () => {
    const { webhooks, late } = receiving();
    const { promise, fail } = gate();
    const handler = vi.fn().mockReturnValueOnce(promise).mockResolvedValue(undefined);
    webhooks.on("fax.failed", handler);
    const first = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await first).status).toBe(503);
    const error = new Error("gave up");
    fail(error);
    await settled();
    expect(late).toMatchObject([{ outcome: "failed", code: "handler_failed", error }]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("it counts from the delivery's arrival, so that a slow body does not push the answer past mintfax's 30 s", async () => {
    const { webhooks } = receiving({ deadlineMs: 5_000 });
    webhooks.on("fax.failed", () => gate().promise);
    const { promise, open } = gate();
    const whole = attempt(event);
    const bytes = new Uint8Array(await whole.arrayBuffer());
    const body = new ReadableStream({
      async start(controller) {
        await promise;
        controller.enqueue(bytes);
        controller.close();
      },
    });
    const slow = new Request(whole.url, {
      method: "POST",
      headers: whole.headers,
      body,
      duplex: "half",
    } as RequestInit);
    const answer = webhooks(slow);
    await vi.advanceTimersByTimeAsync(3_000);
    open();
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await answer).status).toBe(503);
  });
});

test("each claim has an owner of its own, also in other processes", async () => {
  const store = createMemoryStore();
  const claim = vi.spyOn(store, "claim");
  const { webhooks } = receiving({ store });
  webhooks.on("fax.*", () => {});
  for (const type of ["fax.queued", "fax.delivered"] as const) await webhooks(attempt(eventFixture(type)));
  const owners = claim.mock.calls.map(([, owner]) => owner.split("."));
  for (const [worker, count] of owners) {
    expect(worker).toMatch(/^[\w-]+\/\d+\/[0-9a-z]+\/[\w-]{12}$/);
    expect(count).toMatch(/^[1-9][0-9]*$/);
  }
  expect(owners[1]?.[0]).toBe(owners[0]?.[0]);
  expect(owners[1]?.[1]).not.toBe(owners[0]?.[1]);
});

describe("an unreachable store", () => {
  const broken = () => new BrokenStore(createMemoryStore());

  test("at claim: 503, and the handler does not run", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    store.cut("claim");
    const answer = await webhooks(attempt(event));
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("ECONNREFUSED");
    expect(handler).not.toHaveBeenCalled();
    expect(records[0]).toMatchObject({ outcome: "unavailable", code: "store_unavailable" });
    store.mend();
    expect((await webhooks(attempt(event))).status).toBe(200);
  });

  test("at claim, without an answer: 503 after 5 s; a claim that comes through later is given back", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    const { promise, open } = gate();
    store.break("claim", () => promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answer).status).toBe(503);
    expect(records[0]?.error).toBeInstanceOf(StoreUnavailableError);
    expect(records[0]?.error).toMatchObject({
      code: "store_unavailable",
      message: "The dedup store has not answered within 5000 ms.",
    });
    open();
    await settled();
    // Asked for once more after half of that time.
    expect(store.calls).toEqual(["claim", "claim", "release"]);
    store.mend();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test.each(["done", "pending"])(
    "at claim, without an answer: one that says %s later is nothing to give back",
    async (state) => {
      const inner = createMemoryStore();
      const claim = await inner.claim(key, "another owner", 45_000);
      if (claim.state !== "claimed") throw new Error(claim.state);
      if (state === "done") await inner.complete(key, { owner: "another owner", fence: claim.fence });
      const store = new BrokenStore(inner);
      const { webhooks } = receiving({ store });
      webhooks.on("fax.failed", () => {});
      const { promise, open } = gate();
      store.break("claim", () => promise);
      const answer = webhooks(attempt(event));
      await vi.advanceTimersByTimeAsync(5_000);
      expect((await answer).status).toBe(503);
      open();
      await settled();
      expect(store.calls).toEqual(["claim", "claim"]);
    },
  );

  test("at claim, without an answer, and for the giving back too: nothing comes of it", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const store = broken();
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    const { promise, open } = gate();
    store.break("claim", () => promise);
    store.cut("release");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await answer).status).toBe(503);
    open();
    await vi.advanceTimersByTimeAsync(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
  });

  // Found by the model: a process that was paused past its lease reads the store's answer before its own timer goes off.
  test("at claim, answered only after a pause past the deadline: 503, and the claim is given back instead of used", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    const { promise, open } = gate();
    store.break("claim", () => promise);
    const answer = webhooks(attempt(event));
    await settled();
    standStill(46_000);
    open();
    expect((await answer).status).toBe(503);
    expect(records[0]).toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("did not run"),
    });
    await settled();
    expect(store.calls).toEqual(["claim", "release"]);
    expect(handler).not.toHaveBeenCalled();
  });

  test("at complete, answered only after a pause: 200 without an alarm, since the answer is there", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => {});
    store.break("complete", () => promise);
    const answer = webhooks(attempt(event));
    await settled();
    standStill(46_000);
    open();
    expect((await answer).status).toBe(200);
    expect(records[0]).toMatchObject({ outcome: "processed", code: undefined });
  });

  test("at complete, that takes its time: it is waited for, and asked once", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => {});
    store.break("complete", () => promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(2_900);
    open();
    expect((await answer).status).toBe(200);
    expect(records[0]).toMatchObject({ outcome: "processed", code: undefined });
    expect(store.calls).toEqual(["claim", "complete"]);
  });

  test("at complete, it is asked again ever more slowly, nine times in 3 s", async () => {
    const store = broken();
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete");
    const answer = webhooks(attempt(event));
    const startMs = performance.now();
    const asked: number[] = [];
    for (const untilMs of [49, 50, 150, 350, 750, 1_250, 2_749, 2_750, 3_000]) {
      await vi.advanceTimersByTimeAsync(untilMs - (performance.now() - startMs));
      asked.push(store.calls.length - 1);
    }
    expect(asked).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 9]);
    expect((await answer).status).toBe(200);
  });

  test.each(["claim", "complete", "release", "renew"] as const)(
    "at %s, at once: as if it were unreachable",
    async (call) => {
      const unreachable = () => {
        throw new Error("ECONNREFUSED");
      };
      const { webhooks, records } = receiving({
        store: Object.assign(createMemoryStore(), { [call]: unreachable }),
      });
      webhooks.on("fax.failed", async () => {
        await new Promise((resolve) => setTimeout(resolve, 20_000));
        if (call === "release") throw new Error("no");
      });
      const answer = webhooks(attempt(event));
      await vi.advanceTimersByTimeAsync(24_000);
      const expected = {
        claim: { status: 503, code: "store_unavailable" },
        complete: { status: 200, code: "complete_unavailable" },
        release: { status: 500, code: "handler_failed" },
        renew: { status: 200, code: undefined },
      };
      expect((await answer).status).toBe(expected[call].status);
      expect(records).toMatchObject([expected[call]]);
    },
  );

  test("at claim: no timer is left of it", async () => {
    const store = broken();
    const { webhooks } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("claim");
    await webhooks(attempt(event));
    await webhooks.drain();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("at complete, back within 3 s: 200, and the event is done", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    store.cut("complete");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(2_500);
    store.mend();
    await vi.advanceTimersByTimeAsync(500);
    expect((await answer).status).toBe(200);
    expect(records[0]).toMatchObject({ outcome: "processed", code: undefined });
    expect(await (await webhooks(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
  });

  test.each([
    ["refuses", (store: BrokenStore) => store.cut("complete")],
    ["hangs", (store: BrokenStore) => store.break("complete", () => gate().promise)],
  ])("at complete, %s for longer: 200 and an alarm, since the effect has happened", async (_, fault) => {
    // Some time into a process's life.
    await vi.advanceTimersByTimeAsync(60_000);
    const store = broken();
    const { webhooks, records } = receiving({ store });
    webhooks.on("fax.failed", () => {});
    fault(store);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(records[0]).toMatchObject({ outcome: "processed", code: "complete_unavailable" });
    expect(records[0]?.error).toBeInstanceOf(Error);
  });

  test("at complete, answered long after the alarm: nothing comes of it", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    onTestFinished(() => void process.off("unhandledRejection", unhandled));
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => {});
    store.break("complete", () => promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    open();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).not.toHaveBeenCalled();
    expect(records).toMatchObject([{ code: "complete_unavailable" }]);
  });

  test("at complete of a handler just on time: still 200, although the retries pass the deadline", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => promise);
    store.cut("complete");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(24_000);
    open();
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(200);
    expect(records[0]).toMatchObject({
      outcome: "processed",
      code: "complete_unavailable",
      handlerMs: 24_000,
    });
  });

  test("at release of a handler that failed just on time: still 500, although the retries pass the deadline", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const { promise, fail } = gate();
    webhooks.on("fax.failed", () => promise);
    store.cut("release");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(24_000);
    fail(new Error("no"));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(500);
    expect(records).toMatchObject([{ code: "handler_failed", handlerMs: 24_000 }]);
    const calls = store.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.calls).toHaveLength(calls);
    expect(store.calls.filter((call) => call === "renew")).toHaveLength(1);
  });

  test.each([
    ["lost", () => {}],
    ["an error", () => Promise.reject(new Error("ECONNRESET"))],
  ])("at a renewal, answered with %s only when the handler is done: nothing comes of it", async (_, then) => {
    const store = broken();
    const { webhooks } = receiving({ store });
    const work = gate();
    const { promise, open } = gate();
    let signal: AbortSignal | undefined;
    webhooks.on("fax.failed", (_, context) => {
      signal = context.signal;
      return work.promise;
    });
    store.break("renew", () => promise.then(then));
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(15_000);
    work.open();
    expect((await answer).status).toBe(200);
    open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.calls).toEqual(["claim", "renew", "complete"]);
    expect(signal?.aborted).toBe(false);
  });

  test("at release: still 500 for the handler's failure; free again when the lease has run out", async () => {
    const store = broken();
    const { webhooks, records } = receiving({ store });
    const error = new Error("no");
    const handler = vi.fn().mockRejectedValueOnce(error).mockResolvedValue(undefined);
    webhooks.on("fax.failed", handler);
    store.cut("release");
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await answer).status).toBe(500);
    expect(records[0]?.error).toBe(error);
    expect((await webhooks(attempt(event))).status).toBe(409);
    await vi.advanceTimersByTimeAsync(45_000);
    expect((await webhooks(attempt(event))).status).toBe(200);
  });

  test("for one renewal: the next one saves the lease", async () => {
    const store = broken();
    const { webhooks } = receiving({ store, deadlineMs: 79_000 });
    const { promise, open } = gate();
    webhooks.on("fax.failed", () => promise);
    const answer = webhooks(attempt(event));
    store.cut("renew");
    await vi.advanceTimersByTimeAsync(31_000);
    store.mend();
    await vi.advanceTimersByTimeAsync(47_000);
    expect((await webhooks(attempt(event))).status).toBe(409);
    open();
    expect((await answer).status).toBe(200);
  });
});

describe("a lease that is lost", () => {
  /** Two processes on one store; the first one's connection can be broken. */
  async function takenOver(fault: (store: BrokenStore) => void) {
    const shared: LeaseStore = createMemoryStore();
    const connection = new BrokenStore(shared);
    const first = receiving({ store: connection });
    const second = receiving({ store: shared });
    const work = gate();
    let signal: AbortSignal | undefined;
    first.webhooks.on("fax.failed", (_, context) => {
      signal = context.signal;
      return work.promise;
    });
    const secondHandler = vi.fn();
    second.webhooks.on("fax.failed", secondHandler);

    const firstAnswer = first.webhooks(attempt(event));
    await settled();
    fault(connection);
    await vi.advanceTimersByTimeAsync(25_000);
    expect((await firstAnswer).status).toBe(503);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await second.webhooks(attempt(event))).status).toBe(200);
    expect(secondHandler).toHaveBeenCalledTimes(1);
    return { first, second, secondHandler, work, connection, signal: () => signal };
  }

  test("the stale result is discarded and reported, and the event stays done", async () => {
    const { first, second, secondHandler, work, connection } = await takenOver((store) => store.cut("renew"));
    connection.mend();
    work.open();
    await settled();
    expect(first.late).toMatchObject([{ outcome: "lost", code: "lease_lost" }]);
    expect(await (await second.webhooks(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
    expect(secondHandler).toHaveBeenCalledTimes(1);
  });

  test("a stale failure does not free the event either", async () => {
    const { first, second, secondHandler, work, connection } = await takenOver((store) => store.cut("renew"));
    connection.mend();
    work.fail(new Error("too late"));
    await settled();
    expect(first.late).toMatchObject([{ outcome: "lost" }]);
    expect((await second.webhooks(attempt(event))).status).toBe(200);
    expect(secondHandler).toHaveBeenCalledTimes(1);
  });

  /** A store whose clock runs ahead, as it looks to a process that was paused: leases end before their time. */
  const hurried = (inner: LeaseStore): LeaseStore => ({
    kind: "lease",
    claim: (key, owner, leaseMs) => inner.claim(key, owner, leaseMs / 100),
    renew: (key, holder, leaseMs) => inner.renew(key, holder, leaseMs / 100),
    complete: (key, holder) => inner.complete(key, holder),
    release: (key, holder) => inner.release(key, holder),
    forget: (key) => inner.forget(key),
    inspect: (key) => inner.inspect(key),
  });

  test("a renewal that comes too late aborts the handler, and the answer is 409", async () => {
    const shared = createMemoryStore();
    const { webhooks, records } = receiving({ store: hurried(shared) });
    const second = receiving({ store: shared });
    second.webhooks.on("fax.failed", () => {});
    let signal: AbortSignal | undefined;
    webhooks.on("fax.failed", async (_, context) => {
      signal = context.signal;
      await new Promise((_, reject) =>
        context.signal.addEventListener("abort", () => reject(context.signal.reason)),
      );
    });
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await second.webhooks(attempt(event))).status).toBe(200);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(signal?.reason).toBeInstanceOf(LeaseLostError);
    expect(signal?.reason).toMatchObject({ name: "LeaseLostError", code: "lease_lost" });
    expect(signal?.reason.message).toMatch(/ran out and another delivery has taken it over. Stop the work/);
    expect((await answer).status).toBe(409);
    expect(records[0]).toMatchObject({ outcome: "lost", code: "lease_lost" });
  });

  test.each([
    ["succeeds", "open"],
    ["fails", "fail"],
  ] as const)("a handler that %s after the takeover is answered with 409", async (_, end) => {
    const shared = createMemoryStore();
    const { webhooks, records } = receiving({ store: hurried(shared) });
    const second = receiving({ store: shared });
    second.webhooks.on("fax.failed", () => {});
    const work = gate<unknown>();
    webhooks.on("fax.failed", () => work.promise);
    const answer = webhooks(attempt(event));
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await second.webhooks(attempt(event))).status).toBe(200);
    work[end](new Error("no"));
    expect((await answer).status).toBe(409);
    expect(records[0]).toMatchObject({ outcome: "lost" });
    expect(await (await second.webhooks(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
  });
});

describe("forget", () => {
  test("makes a processed event run once more", async () => {
    const { webhooks } = receiving();
    const handler = vi.fn();
    webhooks.on("fax.failed", handler);
    expect(await webhooks.forget(event.id)).toBe("absent");
    await webhooks(attempt(event));
    expect(await webhooks.forget(event.id)).toBe("forgotten");
    await webhooks(attempt(event));
    expect(handler).toHaveBeenCalledTimes(2);
  });

  test("does not touch an event that is being processed", async () => {
    const { webhooks } = receiving();
    webhooks.on("fax.failed", () => gate().promise);
    void webhooks(attempt(event));
    await settled();
    expect(await webhooks.forget(event.id)).toBe("pending");
    expect((await webhooks(attempt(event))).status).toBe(409);
  });
});

test("two namespaces on one store do not know of each other", async () => {
  const store = createMemoryStore();
  const handler = vi.fn();
  const one = receiving({ store, namespace: "one" }).webhooks.on("fax.failed", handler);
  const two = receiving({ store, namespace: "two" }).webhooks.on("fax.failed", handler);
  for (const webhooks of [one, two, one, two]) expect((await webhooks(attempt(event))).status).toBe(200);
  expect(handler).toHaveBeenCalledTimes(2);
});
