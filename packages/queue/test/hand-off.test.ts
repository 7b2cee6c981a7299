import { ConfigurationError, createFetchHandler, createMemoryStore } from "@mintfax-webhooks/core";
import { handOff, type Queue } from "@mintfax-webhooks/queue";
import { type Attempt, createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { SECRET } from "conformance/hostile";
import { gate } from "test-support/gate";
import { expect, test } from "vitest";

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
