import { createMemoryStore, mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { createTestSender, eventFixture } from "@mintfax-webhooks/testing";
import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import express from "express";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { serve } from "test-support/serve";
import { describe, expect, test, vi } from "vitest";
import { type Exported, PROCESS, traced } from "../exported.ts";

export function testProcessed(exported: Exported): void {
  describe("a processed delivery", () => {
    test("is a span, with the spans of store and handler below it", async () => {
      const store = new BrokenStore(createMemoryStore());
      for (const call of ["claim", "complete"] as const) {
        store.break(call, () => {
          traced(`store ${call}`);
          return undefined;
        });
      }
      const { webhooks } = receiving({ telemetry: createTelemetry(), store });
      webhooks.on("fax.delivered", async () => {
        await new Promise((resolve) => setImmediate(resolve));
        traced("UPDATE orders");
      });
      const event = eventFixture("fax.delivered");
      expect((await webhooks(attempt(event))).status).toBe(200);

      const span = exported.span("process fax.delivered");
      expect(span).toMatchObject({ kind: SpanKind.CONSUMER, events: [], links: [] });
      expect(span.status).toEqual({ code: SpanStatusCode.UNSET });
      expect(span.parentSpanContext).toBeUndefined();
      expect(span.attributes).toEqual({
        ...PROCESS,
        "messaging.destination.name": "fax.delivered",
        "messaging.message.id": event.id,
        "http.response.status_code": 200,
        "mintfax.webhook.outcome": "processed",
        "mintfax.webhook.secret_index": 0,
        "mintfax.webhook.handler_seconds": expect.any(Number),
      });
      for (const name of ["UPDATE orders", "store claim", "store complete"]) {
        expect(exported.span(name).parentSpanContext?.spanId).toBe(span.spanContext().spanId);
      }
    });

    test("is counted and timed", async () => {
      vi.useFakeTimers({ toFake: ["Date", "performance"], now: 1_800_000_000_000 });
      const { webhooks } = receiving({ telemetry: createTelemetry() });
      webhooks.on("fax.delivered", () => {
        vi.advanceTimersByTime(2_000);
      });
      const created = 1_800_000_000 - 110;
      await webhooks(attempt(eventFixture("fax.delivered", { created })));
      const attributes = {
        ...PROCESS,
        "messaging.destination.name": "fax.delivered",
        "mintfax.webhook.outcome": "processed",
      };
      expect(await exported.points("mintfax.webhook.deliveries")).toMatchObject([
        { value: 1, attributes: { ...attributes, "mintfax.webhook.secret_index": 0 } },
      ]);
      const durations = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
      const handlers = [...durations, 15, 20, 25, 30, 60, 120];
      const ages = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 21_600, 86_400, 259_200];
      const histograms: [name: string, seconds: number, boundaries: number[]][] = [
        ["messaging.process.duration", 2, [...handlers, 300, 900, 3600, 21_600, 86_400]],
        ["mintfax.webhook.handler.duration", 2, handlers],
        ["mintfax.webhook.event.age", 112, ages],
      ];
      for (const [name, sum, boundaries] of histograms) {
        const points = await exported.points(name);
        expect(points.map((point) => point.attributes)).toEqual([attributes]);
        expect(points).toMatchObject([{ value: { count: 1, sum, buckets: { boundaries } } }]);
      }
      const units = Object.fromEntries(
        (await exported.metrics()).map(({ descriptor }) => [descriptor.name, descriptor.unit]),
      );
      expect(units).toEqual({
        "mintfax.webhook.deliveries": "{delivery}",
        "messaging.process.duration": "s",
        "mintfax.webhook.handler.duration": "s",
        "mintfax.webhook.event.age": "s",
      });
      expect(exported.spans()[0]?.attributes).toMatchObject({ "mintfax.webhook.handler_seconds": 2 });
    });

    test("has the age 0 where mintfax's clock is ahead of this server's", async () => {
      vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
      const { webhooks } = receiving({ telemetry: createTelemetry() });
      webhooks.on("fax.delivered", () => {});
      await webhooks(attempt(eventFixture("fax.delivered", { created: 1_800_000_003 })));
      expect(await exported.points("mintfax.webhook.event.age")).toMatchObject([
        { value: { count: 1, sum: 0 } },
      ]);
    });

    test("is below the active span, such as that of an HTTP server", async () => {
      const { webhooks } = receiving({ telemetry: createTelemetry() });
      webhooks.on("fax.delivered", () => {});
      const server = trace.getTracer("http").startSpan("POST", { kind: SpanKind.SERVER });
      await context.with(trace.setSpan(context.active(), server), () => webhooks(attempt()));
      server.end();
      const { parentSpanContext } = exported.span("process fax.delivered");
      expect(parentSpanContext?.spanId).toBe(server.spanContext().spanId);
    });

    test("runs the hook in its context, so that log lines find the trace", async () => {
      const seen: (string | undefined)[] = [];
      const { webhooks } = receiving({
        telemetry: createTelemetry(),
        onOutcome: () => seen.push(trace.getActiveSpan()?.spanContext().spanId),
      });
      webhooks.on("fax.delivered", () => {});
      await webhooks(attempt());
      expect(seen).toEqual([exported.span("process fax.delivered").spanContext().spanId]);
    });
  });
  test("over HTTP in Express, the spans of concurrent deliveries stay apart", async () => {
    const works = new Map<string, ReturnType<typeof gate<void>>>();
    const started = new Map<string, ReturnType<typeof gate<void>>>();
    const webhooks = mintfaxWebhooks({ secret: SECRET, telemetry: createTelemetry() }).on(
      "fax.delivered",
      async ({ id }) => {
        started.get(id)?.open();
        await works.get(id)?.promise;
        traced(`query ${id}`);
      },
    );
    const sender = createTestSender({ secret: SECRET, to: await serve(express().use(webhooks)) });
    const events = [eventFixture("fax.delivered"), eventFixture("fax.delivered")] as const;
    for (const { id } of events) {
      works.set(id, gate());
      started.set(id, gate());
    }
    const attempts = events.map((event) => sender.attempt(event));
    await Promise.all([...started.values()].map(({ promise }) => promise));
    // Last in, first out.
    for (const { id } of events.toReversed()) works.get(id)?.open();
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([200, 200]);
    await webhooks.drain();
    for (const { id } of events) {
      const span = exported.spans().find(({ attributes }) => attributes["messaging.message.id"] === id);
      expect(exported.span(`query ${id}`).parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    }
  });
}
