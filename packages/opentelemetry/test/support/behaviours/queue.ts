import { eventFixture } from "@mintfax-webhooks/testing";
import { type Link, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { gate } from "test-support/gate";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Exported, traced } from "../exported.ts";
import { deliver, ListQueue, QUEUE, tracedWorker } from "../handed-off.ts";
import { MARK, personalError, personalEvent } from "../marked.ts";

const EVENT = eventFixture("fax.failed");
const SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACEPARENT = /^00-[\da-f]{32}-[\da-f]{16}-01$/;

function place(operation: string) {
  return {
    "messaging.system": QUEUE.engine,
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": QUEUE.queue,
  };
}

export function testQueue(exported: Exported): void {
  let queue: ListQueue;
  beforeEach(() => {
    queue = new ListQueue();
  });
  const job = (attempt = 1, isLastAttempt = false) => ({
    ...QUEUE,
    message: queue.messages[0],
    attempt,
    isLastAttempt,
  });

  describe("a hand-off", () => {
    test("has a span below the delivery's, and its context travels in the message", async () => {
      expect(await deliver(queue, EVENT)).toBe(200);
      const span = exported.span("send faxes");
      expect(span).toMatchObject({ kind: SpanKind.PRODUCER, events: [], links: [] });
      expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
      const { spanId, traceId } = exported.span("process fax.failed").spanContext();
      expect(span.parentSpanContext?.spanId).toBe(spanId);
      expect(span.attributes).toEqual({
        ...place("send"),
        "messaging.message.id": EVENT.id,
        "mintfax.webhook.type": "fax.failed",
        "mintfax.queue.result": "queued",
      });
      const { traceparent } = queue.messages[0]?.trace ?? {};
      expect(traceparent).toMatch(TRACEPARENT);
      expect(traceparent?.split("-")).toEqual(["00", traceId, span.spanContext().spanId, "01"]);
    });

    test("is counted by result, and timed", async () => {
      await deliver(queue, EVENT);
      await deliver(queue, EVENT);
      queue.fault = new RangeError("unreachable");
      expect(await deliver(queue, EVENT)).toBe(503);
      const failure = { "error.type": "queue_unavailable" };
      expect(await exported.points("mintfax.queue.enqueued")).toMatchObject([
        { value: 1, attributes: { ...place("send"), "mintfax.queue.result": "queued" } },
        { value: 1, attributes: { ...place("send"), "mintfax.queue.result": "known" } },
        { value: 1, attributes: { ...place("send"), "mintfax.queue.result": "failed", ...failure } },
      ]);
      const durations = await exported.points("messaging.client.operation.duration");
      expect(durations).toMatchObject([{ value: { count: 2 } }, { value: { count: 1 } }]);
      expect(durations.map(({ attributes }) => attributes)).toEqual([
        place("send"),
        { ...place("send"), ...failure },
      ]);
      expect(exported.spans().filter(({ name }) => name === "send faxes")[2]).toMatchObject({
        status: { code: SpanStatusCode.ERROR },
        attributes: { ...failure, "mintfax.queue.result": "failed", "exception.type": "RangeError" },
      });
    });
  });

  describe("an attempt of a worker", () => {
    test("has a span of its own trace with a link to the hand-off, and the handler's spans below it", async () => {
      await deliver(queue, EVENT);
      const worker = tracedWorker().on("fax.failed", async () => {
        await new Promise((resolve) => setImmediate(resolve));
        traced("UPDATE charts");
      });
      await worker.process(job());
      const sent = exported.span("send faxes").spanContext();
      const span = exported.span("process faxes");
      expect(span).toMatchObject({ kind: SpanKind.CONSUMER, events: [] });
      expect(span.parentSpanContext).toBeUndefined();
      expect(span.spanContext().traceId).not.toBe(sent.traceId);
      expect(span.links).toMatchObject([
        { context: { traceId: sent.traceId, spanId: sent.spanId, isRemote: true } },
      ]);
      expect(span.attributes).toEqual({
        ...place("process"),
        "messaging.message.id": EVENT.id,
        "mintfax.webhook.type": "fax.failed",
        "mintfax.webhook.outcome": "processed",
        "mintfax.webhook.handler_seconds": expect.any(Number),
        "mintfax.queue.attempt": 1,
        "mintfax.queue.action": "finish",
      });
      expect(exported.span("UPDATE charts").parentSpanContext?.spanId).toBe(span.spanContext().spanId);
    });

    test.each<[string, { traceparent: string; tracestate?: string }, (string | undefined)[]]>([
      ["its state", { traceparent: SENT, tracestate: "vendor=1" }, ["vendor=1"]],
      [
        "not a state that is too long",
        { traceparent: SENT, tracestate: `v=${"x".repeat(512)}` },
        [undefined],
      ],
      ["no text that is not a trace", { traceparent: "00-zz" }, []],
      ["no trace of zeros", { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` }, []],
    ])("links to the hand-off of a message, with %s", async (_, trace, states) => {
      await deliver(queue, EVENT);
      const worker = tracedWorker().on("fax.failed", () => {});
      await worker.process({ ...job(), message: { ...queue.messages[0], trace } });
      const { links } = exported.span("process faxes");
      expect((links as readonly Link[]).map(({ context }) => context.traceState?.serialize())).toEqual(
        states,
      );
    });

    test("is counted by outcome and action; wait, work and age are timed", async () => {
      vi.useFakeTimers({ toFake: ["Date", "performance"], now: 1_800_000_000_000 });
      await deliver(queue, eventFixture("fax.failed", { created: 1_800_000_000 - 110 }));
      vi.setSystemTime(1_800_000_060_000);
      let isReady = false;
      const worker = tracedWorker().on("fax.failed", () => {
        vi.advanceTimersByTime(2_000);
        if (!isReady) throw new RangeError("not yet");
      });
      await worker.process(job());
      isReady = true;
      await worker.process(job(2));
      const outcome = (name: string) => ({ ...place("process"), "mintfax.webhook.outcome": name });
      const failure = { "error.type": "handler_failed" };
      expect(await exported.points("mintfax.queue.attempts")).toMatchObject([
        {
          value: 1,
          attributes: {
            ...outcome("failed"),
            ...failure,
            "mintfax.webhook.code": "handler_failed",
            "mintfax.webhook.type": "fax.failed",
            "mintfax.queue.action": "retry",
          },
        },
        { value: 1, attributes: { ...outcome("processed"), "mintfax.queue.action": "finish" } },
      ]);
      expect(await exported.points("mintfax.queue.wait")).toMatchObject([
        {
          value: { count: 1, sum: 60 },
          attributes: { ...place("process"), "mintfax.queue.is_retry": false },
        },
        { value: { count: 1, sum: 62 }, attributes: { "mintfax.queue.is_retry": true } },
      ]);
      const works = await exported.points("messaging.process.duration");
      expect(works.filter(({ attributes }) => attributes["messaging.system"] === QUEUE.engine)).toMatchObject(
        [
          { value: { count: 1, sum: 2 }, attributes: { ...outcome("failed"), ...failure } },
          { value: { count: 1, sum: 2 }, attributes: outcome("processed") },
        ],
      );
      const ages = await exported.points("mintfax.webhook.event.age");
      expect(ages.filter(({ attributes }) => attributes["messaging.system"] === QUEUE.engine)).toMatchObject([
        { value: { count: 1, sum: 174 }, attributes: outcome("processed") },
      ]);
    });

    test("that is the last one counts as parked, from zero on", async () => {
      await deliver(queue, EVENT);
      const worker = tracedWorker().on("fax.failed", () => Promise.reject(new RangeError("never")));
      await worker.process(job(1));
      expect(await exported.points("mintfax.queue.parked")).toMatchObject([{ value: 0 }]);
      await worker.process(job(2, true));
      const points = await exported.points("mintfax.queue.parked");
      expect(points).toMatchObject([{ value: 1 }]);
      expect(points[0]?.attributes).toEqual(place("process"));
      expect(exported.spans().at(-1)).toMatchObject({
        status: { code: SpanStatusCode.ERROR },
        attributes: {
          "error.type": "handler_failed",
          "exception.type": "RangeError",
          "mintfax.queue.action": "park",
          "mintfax.queue.attempt": 2,
        },
      });
    });

    test("at a message that cannot be opened has a link, and an error, but nothing else of the message", async () => {
      await deliver(queue, EVENT);
      const message = { ...queue.messages[0], version: 99, id: MARK, type: `fax.${MARK}` };
      await tracedWorker().process({ ...job(), message });
      const span = exported.span("process faxes");
      expect(span.links).toHaveLength(1);
      expect(span.attributes).toEqual({
        ...place("process"),
        "mintfax.webhook.type": "other",
        "mintfax.webhook.outcome": "refused",
        "mintfax.webhook.code": "message_version_unknown",
        "error.type": "message_version_unknown",
        "mintfax.queue.attempt": 1,
        "mintfax.queue.action": "park",
      });
    });

    test.each([
      "",
      "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
      "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
      MARK,
    ])("at a message with the trace %o has no link", async (traceparent) => {
      await deliver(queue, EVENT);
      const message = { ...queue.messages[0], trace: { traceparent } };
      const worker = tracedWorker().on("*", () => {});
      expect(await worker.process({ ...job(), message })).toMatchObject({ outcome: "processed" });
      expect(exported.span("process faxes").links).toEqual([]);
    });

    test("that ends past its deadline is counted as the queue's", async () => {
      await deliver(queue, EVENT);
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const work = gate();
      const worker = tracedWorker().on("*", () => work.promise);
      const processed = worker.process(job());
      await vi.advanceTimersByTimeAsync(15 * 60_000);
      expect(await processed).toMatchObject({ outcome: "timed_out" });
      work.open();
      await worker.drain();
      vi.useRealTimers();
      expect(await exported.points("mintfax.webhook.late_outcomes")).toMatchObject([
        { value: 1, attributes: { ...place("process"), "mintfax.webhook.outcome": "processed" } },
      ]);
    });
  });

  test("nothing of a payload or an error is in spans and metrics of a queue", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    await deliver(queue, personalEvent());
    const worker = tracedWorker().on("*", () => Promise.reject(personalError()));
    await worker.process(job());
    await worker.process(job(2, true));
    queue.fault = personalError();
    await deliver(queue, personalEvent());
    const spans = exported.spans().map(({ name, attributes, status, events, links }) => {
      return { name, attributes, status, events, links };
    });
    expect(spans.filter(({ name }) => name.endsWith("faxes"))).toHaveLength(4);
    expect(JSON.stringify([spans, await exported.metrics()])).not.toMatch(new RegExp(`${MARK}|\\+1555`, "i"));
  });
}
