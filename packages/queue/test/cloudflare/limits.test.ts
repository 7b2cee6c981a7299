/** These run in Node, by a clock of the test, over bindings that never answer: workerd has no way to make a real one do that. */
import { createMemoryStore } from "@mintfax-webhooks/core";
import { createWorker, type Worker } from "@mintfax-webhooks/queue";
import {
  type CloudflareBatch,
  type CloudflareConsumerOptions,
  type CloudflareMessage,
  cloudflareConsumer,
  cloudflareParked,
  type ParkedDatabaseBinding,
} from "@mintfax-webhooks/queue/cloudflare";
import { eventFixture } from "@mintfax-webhooks/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { messageOf } from "./message.ts";

const never = (): Promise<never> => new Promise(() => {});
const QUIET = { onOutcome() {}, onParked() {}, onLateOutcome() {} };

let lines: string[];
beforeEach(() => {
  vi.useFakeTimers();
  lines = [];
  vi.spyOn(console, "error").mockImplementation((line) => lines.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A database that answers every statement with this. */
function databaseThat(answer: () => PromiseLike<unknown>): ParkedDatabaseBinding {
  const statement = { bind: () => statement, all: answer };
  return { prepare: () => statement, batch: answer };
}

const EMPTY = databaseThat(async () => ({ results: [] }));

/** What becomes of one message within an hour. */
async function consumed(
  worker: Worker,
  options: Partial<CloudflareConsumerOptions> = {},
  message: Partial<CloudflareMessage> = {},
): Promise<{ readonly end: string; readonly drained: boolean }> {
  let end = "left";
  let drained = false;
  const batch: CloudflareBatch = {
    queue: "mintfax",
    messages: [
      {
        id: "1",
        timestamp: new Date(),
        attempts: 1,
        body: messageOf(eventFixture("fax.delivered")),
        ack: () => {
          end = "acknowledged";
        },
        retry: ({ delaySeconds }) => {
          end = `again after ${delaySeconds > 10 ? `${delaySeconds} s` : "10 s or less"}`;
        },
        ...message,
      },
    ],
    retryAll: () => expect.fail("the options are good"),
  };
  const consumer = cloudflareConsumer({
    worker,
    queue: { send: async () => {} },
    database: EMPTY,
    ...options,
  });
  const done = consumer(batch, {}, { waitUntil: (work) => void work.then(() => (drained = true)) });
  await vi.advanceTimersByTimeAsync(3_600_000);
  await done;
  return { end, drained };
}

const worker = (handler: (context: { readonly signal: AbortSignal }) => unknown = () => {}): Worker =>
  createWorker({ store: createMemoryStore(), ...QUIET }).on("*", (_, context) => handler(context));

describe("a handler that never ends", () => {
  test("is given up on before Cloudflare ends the consumer, and its message is tried again", async () => {
    let abortedMs = 0;
    const startMs = Date.now();
    const slow = worker(({ signal }) => {
      signal.addEventListener("abort", () => {
        abortedMs = Date.now() - startMs;
      });
      return never();
    });
    expect((await consumed(slow)).end).toBe("again after 10 s or less");
    expect(abortedMs).toBe(14 * 60_000);
    expect(lines.join("")).toMatch(/Cloudflare ends this consumer within a minute/);
  });

  test("and has the shorter deadline that createWorker was given: its message is tried again", async () => {
    const slow = createWorker({ store: createMemoryStore(), deadlineMs: 1_000, ...QUIET }).on("*", never);
    expect((await consumed(slow)).end).toBe("again after 10 s or less");
    expect(lines).toEqual([]);
  });
});

describe("a database that never answers", () => {
  test("keeps a message that is to be parked in the queue", async () => {
    const unhandled = createWorker({ store: createMemoryStore(), ...QUIET });
    expect((await consumed(unhandled, { database: databaseThat(never) })).end).toBe("again after 3600 s");
    expect(lines.join("")).toMatch(/cannot be parked, .* no answer within 10000 ms/);
  });

  test("does not hold up a message that is done", async () => {
    expect((await consumed(worker(), { database: databaseThat(never) })).end).toBe("acknowledged");
  });

  test.each(["list", "get", "retry", "drop", "migrate"] as const)("%s() rejects after 10 s", async (name) => {
    const parked = cloudflareParked(databaseThat(never), { send: async () => {} });
    const call = expect(
      (parked[name] as (key?: string) => Promise<unknown>)(name === "list" ? undefined : "1"),
    );
    const rejected = call.rejects.toMatchObject({ code: "queue_unavailable" });
    await vi.advanceTimersByTimeAsync(10_000);
    await rejected;
  });
});

test.each([undefined, null, {}, { results: null }, { results: [{}] }, { results: [{ key: "2" }] }, "ok"])(
  "a database that answers %j has not parked the message",
  async (answer) => {
    const unhandled = createWorker({ store: createMemoryStore(), ...QUIET });
    expect((await consumed(unhandled, { database: databaseThat(async () => answer) })).end).toBe(
      "again after 3600 s",
    );
  },
);

test("a queue that never answers, when a message is to be sent anew: Cloudflare's own retry is left", async () => {
  const failing = worker(() => {
    throw new Error("not yet");
  });
  expect((await consumed(failing, { queue: { send: never } }, { attempts: 3 })).end).toMatch(/^again after/);
});

test("R2 that never answers: the message is tried again", async () => {
  const largeBodies = { put: never, get: never };
  const { body: _, ...message } = messageOf(eventFixture("fax.delivered"));
  expect(
    (await consumed(worker(), { largeBodies }, { body: { ...message, bodyAt: "mintfax/1" } })).end,
  ).toMatch(/^again after/);
});

test("a store that could not be told of a completion: the message is done, and the store is told on", async () => {
  const store = createMemoryStore();
  const silent = { ...store, kind: "lease" as const, claim: store.claim.bind(store), complete: never };
  const { end, drained } = await consumed(
    createWorker({ store: Object.assign(Object.create(store), silent), ...QUIET }).on("*", () => {}),
  );
  expect([end, drained]).toEqual(["acknowledged", true]);
});
