import { createMemoryStore, type FetchHandler } from "@mintfax-webhooks/core";
import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { SpanStatusCode } from "@opentelemetry/api";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { attempt, receiving, SECRET } from "test-support/receiving";
import { describe, expect, test, vi } from "vitest";
import { type Exported, PROCESS, traced } from "../exported.ts";

const EVENT = eventFixture("fax.delivered");

interface Scene {
  readonly webhooks: FetchHandler;
  readonly store: BrokenStore;
  readonly request: Request;
}

interface Row {
  readonly outcome: string;
  readonly status: number;
  /** Sets the scene; may send another request instead. */
  readonly arrange: (scene: Scene) => Promise<Request> | Promise<void> | void;
  /** Attributes that the counter has, too. */
  readonly counted: object;
  readonly exception?: string;
}

const authentic = { "messaging.destination.name": "fax.delivered", "mintfax.webhook.secret_index": 0 };
const code = (value: string) => ({ "mintfax.webhook.code": value });
const failure = (value: string) => ({ ...code(value), "error.type": value });
const handled = (webhooks: FetchHandler, handler: () => unknown) =>
  void webhooks.on("fax.delivered", handler);

const ROWS: readonly Row[] = [
  {
    outcome: "duplicate",
    status: 200,
    counted: authentic,
    async arrange({ webhooks }) {
      handled(webhooks, () => {});
      await webhooks(attempt(EVENT));
    },
  },
  { outcome: "unhandled", status: 200, counted: authentic, arrange() {} },
  {
    outcome: "busy",
    status: 409,
    counted: { ...authentic, ...code("in_progress") },
    async arrange({ webhooks }) {
      const started = gate();
      handled(webhooks, () => {
        started.open();
        return new Promise(() => {});
      });
      void webhooks(attempt(EVENT));
      await started.promise;
    },
  },
  {
    outcome: "failed",
    status: 500,
    counted: { ...authentic, ...failure("handler_failed") },
    exception: "RangeError",
    arrange: ({ webhooks }) => handled(webhooks, () => Promise.reject(new RangeError("no such order"))),
  },
  {
    outcome: "unavailable",
    status: 503,
    counted: { ...authentic, ...failure("store_unavailable") },
    exception: "Error",
    arrange({ webhooks, store }) {
      handled(webhooks, () => {});
      store.cut("claim");
    },
  },
  {
    outcome: "lost",
    status: 409,
    counted: { ...authentic, ...failure("lease_lost") },
    arrange({ webhooks, store }) {
      handled(webhooks, () => {});
      store.complete = () => "lost";
    },
  },
  {
    outcome: "refused",
    status: 400,
    counted: code("signature_mismatch"),
    async arrange({ request }) {
      const { headers, body } = forge(signDelivery(EVENT, { secret: SECRET }));
      return new Request(request.url, { method: "POST", headers, body });
    },
  },
  {
    outcome: "misconfigured",
    status: 500,
    counted: failure("body_already_parsed"),
    async arrange({ request }) {
      await request.text();
    },
  },
];

export function testOutcomes(exported: Exported): void {
  describe("a delivery that is not processed", () => {
    test.each(ROWS)("$outcome", async ({ outcome, status, arrange, counted, exception }) => {
      const store = new BrokenStore(createMemoryStore());
      const { webhooks } = receiving({ telemetry: createTelemetry(), store });
      const request = attempt(EVENT);
      const other = await arrange({ webhooks, store, request });
      expect((await webhooks(other ?? request)).status).toBe(status);

      const span = exported.spans().at(-1);
      const isAuthentic = "messaging.destination.name" in counted;
      const isFailure = "error.type" in counted;
      expect(span?.name).toBe(isAuthentic ? "process fax.delivered" : "process");
      expect(span?.status).toEqual({ code: isFailure ? SpanStatusCode.ERROR : SpanStatusCode.UNSET });
      const attributes = { ...PROCESS, ...counted, "mintfax.webhook.outcome": outcome };
      const { "mintfax.webhook.handler_seconds": _, ...seen } = span?.attributes ?? {};
      expect(seen).toEqual({
        ...attributes,
        "http.response.status_code": status,
        ...(isAuthentic && { "messaging.message.id": EVENT.id }),
        ...(exception && { "exception.type": exception }),
      });
      const points = await exported.points("mintfax.webhook.deliveries");
      expect(points.map((point) => point.attributes)).toContainEqual(attributes);
    });

    test("a 200 whose completion was not recorded is an error", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const store = new BrokenStore(createMemoryStore());
      const { webhooks } = receiving({ telemetry: createTelemetry(), store });
      webhooks.on("fax.delivered", () => {});
      store.cut("complete");
      const answer = webhooks(attempt());
      await vi.advanceTimersByTimeAsync(3_000);
      expect((await answer).status).toBe(200);
      expect(exported.span("process fax.delivered")).toMatchObject({
        status: { code: SpanStatusCode.ERROR },
        attributes: { "error.type": "complete_unavailable", "mintfax.webhook.outcome": "processed" },
      });
    });

    test("a handler that ends after the answer is counted too", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
      const { webhooks } = receiving({ telemetry: createTelemetry() });
      const work = gate();
      webhooks.on("fax.delivered", async () => {
        await work.promise;
        traced("late query");
      });
      const answer = webhooks(attempt());
      await vi.advanceTimersByTimeAsync(25_000);
      expect((await answer).status).toBe(503);
      work.open();
      await webhooks.drain();
      vi.useRealTimers();
      const span = exported.span("process fax.delivered");
      expect(span).toMatchObject({ attributes: { "error.type": "handler_timed_out" } });
      expect(exported.span("late query").parentSpanContext?.spanId).toBe(span.spanContext().spanId);
      expect(await exported.points("mintfax.webhook.late_outcomes")).toEqual([
        expect.objectContaining({
          value: 1,
          attributes: {
            ...PROCESS,
            "messaging.destination.name": "fax.delivered",
            "mintfax.webhook.outcome": "processed",
          },
        }),
      ]);
      expect(await exported.points("mintfax.webhook.event.age")).toMatchObject([{ value: { count: 1 } }]);
    });
  });
}
