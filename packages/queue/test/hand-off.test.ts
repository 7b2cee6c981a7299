import { ConfigurationError, createFetchHandler, createMemoryStore } from "@mintfax-webhooks/core";
import { handOff, type Queue, type QueuedMessage, QueueMisconfiguredError } from "@mintfax-webhooks/queue";
import { type Attempt, createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { SECRET } from "conformance/hostile";
import { revoked, unreadable } from "test-support/foreign-values";
import { gate } from "test-support/gate";
import { expect, onTestFinished, test } from "vitest";

/** What mintfax is answered by a receiver that hands off to this queue. */
async function attempt(
  queue: Queue,
  timeoutMs?: number,
): Promise<{ status: Attempt["status"]; code: string }> {
  const webhooks = createFetchHandler({ secret: SECRET, store: createMemoryStore(), onOutcome: () => {} });
  webhooks.on("*", handOff(queue, timeoutMs === undefined ? {} : { timeoutMs }));
  const sender = createTestSender({ secret: SECRET, to: webhooks });
  const { status, body } = await sender.attempt(eventFixture("fax.delivered"));
  return { status, code: JSON.parse(body ?? "").code };
}

function queueThat(enqueue: (...args: Parameters<Queue["enqueue"]>) => unknown): Queue {
  return { engine: "hostile", name: "hostile", enqueue: enqueue as Queue["enqueue"] };
}

const UNAVAILABLE = { status: 503, code: "queue_unavailable" };

test.each(["queued", "known"] as const)("a queue that answers %s is believed", async (answer) => {
  expect(await attempt(queueThat(() => answer))).toEqual({ status: 200, code: undefined });
});

test.each([
  undefined,
  null,
  true,
  "",
  "QUEUED",
  ["queued"],
  { answer: "queued" },
  new String("queued"),
  () => "queued",
])("a queue that answers %o has not stored the event", async (answer) => {
  expect(await attempt(queueThat(() => answer))).toEqual(UNAVAILABLE);
  expect(await attempt(queueThat(async () => answer))).toEqual(UNAVAILABLE);
});

test("a queue that never answers is given up on after timeoutMs, and its signal aborts", async () => {
  const aborted = gate<unknown>();
  const silent = queueThat((_, { signal }) => {
    signal.addEventListener("abort", () => aborted.open(signal.reason));
    return new Promise(() => {});
  });
  expect(await attempt(silent, 20)).toEqual(UNAVAILABLE);
  expect(await aborted.promise).toMatchObject({ code: "queue_unavailable" });
});

test.each([undefined, null, "redis", {}, { enqueue() {} }, { engine: "bullmq" }, () => {}])(
  "handOff() refuses %o as a queue",
  (queue) => {
    expect(() => handOff(queue as never)).toThrow(ConfigurationError);
  },
);

test.each<[string, unknown]>([
  ["an error", new Error("connect ECONNREFUSED")],
  ["undefined", undefined],
  ["null", null],
  ["a text", "queue_misconfigured"],
  ["an error with a code of its own", Object.assign(new Error("down"), { code: "ECONNREFUSED" })],
  ["a revoked proxy", revoked()],
  ["an object whose members throw", unreadable()],
])("a queue that throws or rejects with %s has not stored the event", async (_, thrown) => {
  const throwing = queueThat(() => {
    throw thrown;
  });
  expect(await attempt(throwing)).toEqual(UNAVAILABLE);
  expect(await attempt(queueThat(() => Promise.reject(thrown)))).toEqual(UNAVAILABLE);
});

test("a queue that says it is misconfigured is believed, also where it comes from another copy of the package", async () => {
  for (const error of [
    new QueueMisconfiguredError("The table jobs is missing. Run: migrate."),
    Object.assign(new Error("The table jobs is missing."), { code: "queue_misconfigured" }),
  ]) {
    const answer = await attempt(queueThat(() => Promise.reject(error)));
    expect(answer).toEqual({ status: 500, code: "queue_misconfigured" });
  }
});

test("of a queue that answers twice, the first answer counts", async () => {
  const twice = (first: "queued" | Error) =>
    queueThat(() => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable of foreign code
      then(resolve: (answer: unknown) => void, reject: (error: unknown) => void) {
        if (first === "queued") resolve(first);
        else reject(first);
        reject(new Error("and yet"));
        resolve("queued");
        throw new Error("and yet");
      },
    }));
  expect(await attempt(twice("queued"))).toEqual({ status: 200, code: undefined });
  expect(await attempt(twice(new Error("no")))).toEqual(UNAVAILABLE);
});

test("a queue that answers with an object whose members throw has not stored the event", async () => {
  expect(await attempt(queueThat(() => unreadable()))).toEqual(UNAVAILABLE);
});

test("a queue that fails after timeoutMs, when it is not waited for any more, ends no process", async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  onTestFinished(() => void process.off("unhandledRejection", listen));
  const late = gate<"queued">();
  expect(
    await attempt(
      queueThat(() => late.promise),
      20,
    ),
  ).toEqual(UNAVAILABLE);
  late.fail(new Error("too late"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled).toEqual([]);
});

test("a queue whose names throw once it is in use is answered for as any other", async () => {
  let isInUse = false;
  const named = (): string => {
    if (isInUse) throw new Error("no name for you");
    return "hostile";
  };
  const queue: Queue = {
    get engine() {
      return named();
    },
    get name() {
      return named();
    },
    enqueue() {
      isInUse = true;
      return new Promise(() => {});
    },
  };
  expect(await attempt(queue, 20)).toEqual(UNAVAILABLE);
});

test("a queue is called on itself, and is given the text that was verified", async () => {
  const seen: unknown[] = [];
  const queue = {
    engine: "hostile",
    name: "hostile",
    enqueue(this: unknown, message: QueuedMessage): "queued" {
      seen.push(this, message);
      return "queued";
    },
  };
  const text =
    '{"id":"evt_1","type":"fax.delivered","created":1747173600,"data":{"object":{"a":1.0,"b":"\\u0000"}} }\n';
  const webhooks = createFetchHandler({ secret: SECRET, store: createMemoryStore(), onOutcome: () => {} });
  const sender = createTestSender({ secret: SECRET, to: webhooks.on("*", handOff(queue)) });
  expect((await sender.attempt(text)).status).toBe(200);
  expect(seen[0]).toBe(queue);
  expect(seen[1]).toMatchObject({
    version: 1,
    namespace: "mintfax",
    id: "evt_1",
    type: "fax.delivered",
    created: 1747173600,
    body: text,
  });
});
