import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TransactionRefusedError } from "@mintfax-webhooks/core";
import { eventFixture } from "@mintfax-webhooks/testing";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { SqliteStore } from "test-support/sqlite-store";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

let folder: string;
let store: SqliteStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "transactional-"));
  store = new SqliteStore(join(folder, "claims.db"));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const event = eventFixture("balance.low");

/** A receiver whose handler writes an effect through its transaction, then does `more`. */
function writing(more: () => unknown = () => {}) {
  const setup = receiving({ store });
  const runs: number[] = [];
  setup.webhooks.on("balance.low", async ({ id }, context) => {
    // A copy of the context has the transaction, too.
    const { tx, fence } = { ...context };
    runs.push(fence);
    tx.prepare("INSERT INTO effects VALUES (?)").run(id);
    await more();
  });
  return { ...setup, runs };
}

test("the effect and the claim are committed together; a duplicate does not run", async () => {
  const { webhooks, runs } = writing();
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(await (await webhooks(attempt(event))).json()).toEqual({ outcome: "duplicate", id: event.id });
  expect(store.effects()).toEqual([event.id]);
  expect(runs).toHaveLength(1);
});

test("a handler that throws leaves nothing behind; the retry runs it again", async () => {
  const more = vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue(undefined);
  const { webhooks, records } = writing(more);
  expect((await webhooks(attempt(event))).status).toBe(500);
  expect(store.effects()).toEqual([]);
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(store.effects()).toEqual([event.id]);
  expect(records[0]).toMatchObject({ outcome: "failed", code: "handler_failed", error: { message: "no" } });
});

test("copies at the same time: one run, the others 409", async () => {
  const work = gate();
  const { webhooks, runs } = writing(() => work.promise);
  const first = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(0);
  const second = await webhooks(attempt(event));
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ outcome: "busy", code: "in_progress" });
  work.open();
  expect((await first).status).toBe(200);
  expect(runs).toHaveLength(1);
});

test("a commit that fails: 503, nothing written, and the retry runs it again", async () => {
  const { webhooks, records } = writing();
  store.beforeCommit = () => {
    throw new Error("server closed the connection");
  };
  const answer = await webhooks(attempt(event));
  expect(answer.status).toBe(503);
  expect(records[0]).toMatchObject({ outcome: "unavailable", code: "store_unavailable" });
  expect(store.effects()).toEqual([]);
  store.beforeCommit = () => {};
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(store.effects()).toEqual([event.id]);
});

test("a database that does not answer: 503 after 5 s, and the handler does not run when it comes back", async () => {
  const { webhooks, runs } = writing();
  const { promise, open } = gate();
  store.opening = promise;
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await answer).status).toBe(503);
  open();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs).toEqual([]);
  expect((await webhooks(attempt(event))).status).toBe(200);
});

test("a slow handler is not mistaken for a database that does not answer; its deadline is 503, its commit counts", async () => {
  const work = gate();
  const { webhooks, runs, late } = writing(() => work.promise);
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(25_000);
  expect(await (await answer).json()).toMatchObject({ outcome: "timed_out" });
  expect((await webhooks(attempt(event))).status).toBe(409);
  work.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(late).toMatchObject([{ outcome: "processed" }]);
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(runs).toHaveLength(1);
  expect(store.effects()).toEqual([event.id]);
});

test("a commit that hangs: 503 after 3 s; if it came through after all, the retry finds a duplicate", async () => {
  const { webhooks, runs } = writing();
  const { promise, open } = gate();
  store.beforeCommit = () => promise;
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(await (await answer).json()).toMatchObject({ outcome: "unavailable" });
  open();
  await vi.advanceTimersByTimeAsync(0);
  expect(await (await webhooks(attempt(event))).json()).toMatchObject({ outcome: "duplicate" });
  expect(runs).toHaveLength(1);
});

test("a takeover that the store noticed at the end: rolled back, 409", async () => {
  const { webhooks, records } = receiving({
    store: {
      kind: "transactional",
      forget: (key) => store.forget(key),
      inspect: (key) => store.inspect(key),
      async transact(key, work) {
        const result = await store.transact(key, async (claim) => {
          await work(claim);
          return "rollback";
        });
        return result === "rolled_back" ? "lost" : result;
      },
    } satisfies Pick<SqliteStore, "kind" | "forget" | "inspect" | "transact">,
  });
  webhooks.on("balance.low", ({ id }, { tx }) => {
    tx.prepare("INSERT INTO effects VALUES (?)").run(id);
  });
  expect((await webhooks(attempt(event))).status).toBe(409);
  expect(records[0]).toMatchObject({ outcome: "lost", code: "lease_lost" });
  expect(store.effects()).toEqual([]);
});

/** The store, with something done to every transaction. */
function around(
  transact: SqliteStore["transact"],
): Pick<SqliteStore, "kind" | "forget" | "inspect" | "transact"> {
  return {
    kind: "transactional",
    forget: (key) => store.forget(key),
    inspect: (key) => store.inspect(key),
    transact,
  };
}

test("the store is told how to end a transaction, also after its delivery was answered", async () => {
  const endings: string[] = [];
  let opening: Promise<void> = Promise.resolve();
  const { webhooks } = receiving({
    store: around(async (key, work) => {
      await opening;
      return store.transact(key, async (claim) => {
        const ending = await work(claim);
        endings.push(ending);
        return ending;
      });
    }),
  });
  const handler = vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue(undefined);
  webhooks.on("balance.low", handler);
  await webhooks(attempt(event));
  await webhooks(attempt(event));
  const late = gate();
  opening = late.promise;
  const answer = webhooks(attempt(eventFixture("balance.low")));
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await answer).status).toBe(503);
  late.open();
  await vi.advanceTimersByTimeAsync(0);
  expect(endings).toEqual(["rollback", "commit", "rollback"]);
  expect(handler).toHaveBeenCalledTimes(2);
});

test("a handler just on time: 200, although the commit passes the deadline, and its own time is told", async () => {
  const work = gate();
  const { webhooks, records } = writing(() => work.promise);
  store.beforeCommit = () => new Promise((resolve) => setTimeout(resolve, 2_000));
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(24_000);
  work.open();
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await answer).status).toBe(200);
  expect(records).toMatchObject([{ outcome: "processed", handlerMs: 24_000, durationMs: 26_000 }]);
});

test("a handler that fails, and then the rollback too: the handler's failure is the one that is told", async () => {
  const error = new Error("no");
  const { webhooks, records } = receiving({
    store: around(async (key, work) => {
      await store.transact(key, work);
      throw new Error("server closed the connection");
    }),
  });
  webhooks.on("balance.low", () => Promise.reject(error));
  expect((await webhooks(attempt(event))).status).toBe(500);
  expect(records).toMatchObject([{ code: "handler_failed", error }]);
});

test.each(["commits", "fails", "finds a duplicate"])("a transaction that %s leaves no timer", async (how) => {
  const { webhooks } = writing();
  if (how === "finds a duplicate") await webhooks(attempt(event));
  store.beforeCommit = () => {
    if (how === "fails") throw new Error("server closed the connection");
  };
  await webhooks(attempt(event));
  await webhooks.drain();
  expect(vi.getTimerCount()).toBe(0);
});

test("forget makes a processed event run once more", async () => {
  const { webhooks, runs } = writing();
  expect(await webhooks.forget(event.id)).toBe("absent");
  await webhooks(attempt(event));
  expect(await webhooks.forget(event.id)).toBe("forgotten");
  await webhooks(attempt(event));
  expect(runs).toHaveLength(2);
});

describe("a store that keeps to no contract", () => {
  type Transact = SqliteStore["transact"];
  const claim = { tx: undefined as never, fence: 1 };

  /** Answers with `result`, after a run where `granted` is given. */
  const answering =
    (result: unknown, ...granted: readonly unknown[]): Transact =>
    async (_, work) => {
      for (const each of granted) await work(each as never);
      return result as never;
    };
  const answered = (received: string, expected: string) =>
    `The dedup store answered transact with ${received}; expected ${expected}.`;
  const BEFORE = '"done" or "pending" before the handler has run';
  const AFTER = '"committed", "rolled_back" or "lost", as the handler ended';

  /** Each would be an event lost, doubled, or never answered if it were believed. */
  test.each<[string, Transact, string]>([
    [
      "throws in place of a rejection",
      () => {
        throw new Error("not a promise");
      },
      "not a promise",
    ],
    ["answers undefined", answering(undefined), answered("undefined", BEFORE)],
    ["answers undefined at once", (() => undefined) as never, answered("undefined", BEFORE)],
    ["answers an object", answering({ state: "committed" }), answered("a value of type object", BEFORE)],
    ["answers another word", answering("ok"), answered('"ok"', BEFORE)],
    [
      "answers with a thenable that throws",
      (() =>
        new Proxy(
          {},
          {
            get() {
              throw new Error("no");
            },
          },
        )) as never,
      "no",
    ],
    ["says committed without a run", answering("committed"), answered('"committed"', BEFORE)],
    ["says rolled back without a run", answering("rolled_back"), answered('"rolled_back"', BEFORE)],
    ["says lost without a run", answering("lost"), answered('"lost"', BEFORE)],
    [
      "says rolled back after a run that is to be committed",
      answering("rolled_back", claim),
      answered('"rolled_back"', AFTER),
    ],
    ["says done after a run", answering("done", claim), answered('"done"', AFTER)],
    ["says pending after a run", answering("pending", claim), answered('"pending"', AFTER)],
    ["answers nothing after a run", answering(undefined, claim), answered("undefined", AFTER)],
    [
      "grants no fence",
      answering("committed", { tx: undefined }),
      "The dedup store has granted a transaction with the fence undefined; expected a whole number.",
    ],
    [
      "grants a text for a fence",
      answering("committed", { tx: undefined, fence: "7" }),
      'The dedup store has granted a transaction with the fence "7"; expected a whole number.',
    ],
    ["grants nothing", answering("committed", undefined), "Cannot destructure"],
  ])("%s: 503, and drain() ends", async (_, transact, message) => {
    const { webhooks, records } = receiving({ store: around(transact) });
    webhooks.on("balance.low", () => {});
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(records).toMatchObject([
      {
        outcome: "unavailable",
        code: "store_unavailable",
        error: { message: expect.stringContaining(message) },
      },
    ]);
    await webhooks.drain();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("says committed after a handler that has failed: 500, so that mintfax sends the event again", async () => {
    const { webhooks, records } = receiving({ store: around(answering("committed", claim)) });
    const error = new Error("no");
    webhooks.on("balance.low", () => Promise.reject(error));
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(records).toMatchObject([{ code: "handler_failed", error }]);
  });

  test("a grant that cannot be used is told to roll back", async () => {
    const endings: string[] = [];
    const { webhooks } = receiving({
      store: around(async (_, work) => {
        endings.push(await work({ tx: undefined as never, fence: Number.NaN }));
        return "committed";
      }),
    });
    webhooks.on("balance.low", () => {});
    await webhooks(attempt(event));
    expect(endings).toEqual(["rollback"]);
  });

  test.each(["never settles", "settles after 5 s"])(
    "a transaction that %s: 503, and the handler does not run",
    async (how) => {
      const handler = vi.fn();
      const { webhooks } = receiving({
        store: around(async (_, work) => {
          await new Promise<void>((resolve) => {
            if (how !== "never settles") setTimeout(resolve, 5_001);
          });
          await work(claim);
          return "committed";
        }),
      });
      webhooks.on("balance.low", handler);
      const answer = webhooks(attempt(event));
      await vi.advanceTimersByTimeAsync(6_000);
      expect((await answer).status).toBe(503);
      await webhooks.drain();
      expect(handler).not.toHaveBeenCalled();
    },
  );

  test("work called twice, at once and after the answer: one run", async () => {
    const endings: string[] = [];
    let again: () => Promise<string> = async () => "";
    const { webhooks } = receiving({
      store: around(async (_, work) => {
        again = () => work(claim);
        endings.push(...(await Promise.all([work(claim), work(claim)])));
        return "committed";
      }),
    });
    const handler = vi.fn();
    webhooks.on("balance.low", handler);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect([...endings, await again()]).toEqual(["commit", "rollback", "rollback"]);
    expect(handler).toHaveBeenCalledOnce();
  });

  test.each<[string, Transact]>([
    ["rejects", () => Promise.reject(new Error("connection terminated"))],
    ["answers committed", async () => "committed"],
  ])(
    "a store that %s while the handler works: 503 at once, signal aborts, drain() waits for the handler",
    async (_, end) => {
      const endings: string[] = [];
      const { webhooks, records, late } = receiving({
        store: around(async (key, work) => {
          void Promise.resolve(work(claim)).then((ending) => endings.push(ending));
          return end(key, work);
        }),
      });
      const work = gate();
      let signal: AbortSignal | undefined;
      webhooks.on("balance.low", (_event, context) => {
        signal = context.signal;
        return work.promise;
      });
      expect((await webhooks(attempt(event))).status).toBe(503);
      expect(signal?.reason).toMatchObject({
        code: "transaction_ended",
        message:
          "The transaction ended before the handler did, and nothing was committed. Stop the work: " +
          "mintfax sends the event again.",
      });
      expect(records).toMatchObject([{ outcome: "unavailable" }]);
      const drained = vi.fn();
      const draining = webhooks.drain().then(drained);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(drained).not.toHaveBeenCalled();
      work.open();
      await draining;
      expect(late).toEqual([]);
      expect(endings).toEqual(["rollback"]);
    },
  );
});

test("a transaction that can no longer commit: signal aborts at once, before the store does anything else", async () => {
  const controller = new AbortController();
  const broken = new Error("connection terminated");
  const { webhooks } = receiving({
    store: around(async (_, work) => {
      await work({ tx: undefined as never, fence: 1, signal: controller.signal });
      throw broken;
    }),
  });
  let signal: AbortSignal | undefined;
  webhooks.on("balance.low", (_event, context) => {
    signal = context.signal;
    controller.abort(broken);
  });
  expect((await webhooks(attempt(event))).status).toBe(503);
  expect(signal?.reason).toMatchObject({ code: "transaction_ended", cause: broken });
});

test("a transaction that could no longer commit before its handler starts: signal is aborted then", async () => {
  const broken = new Error("connection terminated");
  const { webhooks } = receiving({
    store: around(async (_, work) => {
      await work({ tx: undefined as never, fence: 1, signal: AbortSignal.abort(broken) });
      throw broken;
    }),
  });
  let reason: unknown;
  webhooks.on("balance.low", (_event, { signal }) => {
    reason = signal.reason;
  });
  await webhooks(attempt(event));
  expect(reason).toMatchObject({ code: "transaction_ended", cause: broken });
});

test("a handler whose transaction was committed keeps a signal that is not aborted", async () => {
  const { webhooks } = receiving({ store });
  let kept: AbortSignal | undefined;
  webhooks.on("balance.low", (_event, { signal }) => {
    kept = signal;
  });
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(kept?.aborted).toBe(false);
});

test("a transaction that begins after the deadline: the store is unavailable, and the handler does not run", async () => {
  const opening = gate();
  store.opening = opening.promise;
  const { webhooks, records } = receiving({ store, deadlineMs: 1_000 });
  const handler = vi.fn();
  webhooks.on("balance.low", handler);
  const answer = webhooks(attempt(event));
  await vi.advanceTimersByTimeAsync(1_000);
  expect((await answer).status).toBe(503);
  expect(records).toMatchObject([
    { outcome: "unavailable", error: { message: "The dedup store has not answered within 1000 ms." } },
  ]);
  opening.open();
  await vi.advanceTimersByTimeAsync(0);
  await webhooks.drain();
  expect(handler).not.toHaveBeenCalled();
});

test.each([
  ["a TransactionRefusedError", new TransactionRefusedError("a deferred constraint")],
  [
    "an error with its code",
    Object.assign(new Error("a deferred constraint"), { code: "transaction_refused" }),
  ],
])(
  "a database that refuses to commit what the handler wrote (%s): the handler has failed, not the store",
  async (_, refusal) => {
    const { webhooks, records } = writing();
    store.beforeCommit = () => {
      throw refusal;
    };
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(records).toMatchObject([
      { outcome: "failed", code: "handler_failed", error: { message: "a deferred constraint" } },
    ]);
  },
);
