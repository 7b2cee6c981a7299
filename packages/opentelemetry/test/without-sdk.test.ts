import { createTelemetry } from "@mintfax-webhooks/opentelemetry";
import { eventFixture } from "@mintfax-webhooks/testing";
import { type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, expect, test, vi } from "vitest";
import { startSdk } from "./support/sdk.ts";

afterEach(() => {
  vi.restoreAllMocks();
  trace.disable();
  metrics.disable();
});

/** Statuses and outcomes of one delivery of each kind: processed, duplicate, failed, refused. */
async function round(telemetry = createTelemetry()): Promise<unknown[]> {
  const { webhooks, records } = receiving({ telemetry });
  webhooks.on("fax.delivered", () => {});
  webhooks.on("fax.failed", () => Promise.reject(new Error("not now")));
  const event = eventFixture("fax.delivered");
  const requests = [
    attempt(event),
    attempt(event),
    attempt(eventFixture("fax.failed")),
    new Request("https://clinic.example/", { method: "POST", body: "{}" }),
  ];
  const seen: unknown[] = [];
  for (const request of requests) seen.push((await webhooks(request)).status);
  return [...seen, ...records.map(({ outcome }) => outcome)];
}

const USUAL = [200, 200, 500, 400, "processed", "duplicate", "failed", "refused"];

test("without an SDK it does nothing", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await round()).toEqual(USUAL);
  expect(log).not.toHaveBeenCalled();
});

const broken = () => {
  throw new TypeError("exporter");
};

test.each<[what: string, register: () => unknown]>([
  ["tracer", () => trace.setGlobalTracerProvider({ getTracer: broken } as unknown as TracerProvider)],
  [
    "span",
    () =>
      trace.setGlobalTracerProvider({
        getTracer: () => ({ startSpan: broken }),
      } as unknown as TracerProvider),
  ],
  ["meter", () => metrics.setGlobalMeterProvider({ getMeter: broken } as MeterProvider)],
  [
    "instrument",
    () =>
      metrics.setGlobalMeterProvider({
        getMeter: () => ({
          createCounter: () => ({ add: broken }),
          createHistogram: () => ({ record: broken }),
        }),
      } as unknown as MeterProvider),
  ],
])("an SDK whose %s throws is reported, and changes nothing", async (_, register) => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  register();
  expect(await round()).toEqual(USUAL);
  await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(4));
  expect(log).toHaveBeenCalledWith(expect.stringContaining("TypeError"));
});

test("an SDK whose metrics throw still gets its spans", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const sdk = startSdk();
  metrics.disable();
  metrics.setGlobalMeterProvider({ getMeter: broken } as MeterProvider);
  await round();
  expect(sdk.spans()).toHaveLength(4);
  await sdk.stop();
});

test("an SDK that is registered later is found", async () => {
  const telemetry = createTelemetry();
  await round(telemetry);
  const sdk = startSdk();
  await round(telemetry);
  expect(sdk.spans()).toHaveLength(4);
  expect((await sdk.metrics()).map(({ descriptor }) => descriptor.name)).toContain(
    "messaging.process.duration",
  );
  await sdk.stop();
});
