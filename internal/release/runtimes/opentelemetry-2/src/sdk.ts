import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import type { SeenMetric, SeenSpan, TestSdk } from "test-support/telemetry-seen";

/** The last SDK for Node 20, on the oldest API it takes, in place of packages/opentelemetry/test/support/sdk.ts. */
export function startSdk(): TestSdk {
  const spans = new InMemorySpanExporter();
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
  );
  metrics.setGlobalMeterProvider(provider);
  return {
    spans: () => spans.getFinishedSpans() as readonly SeenSpan[],
    async metrics() {
      points.reset();
      await provider.forceFlush();
      const [exported] = points.getMetrics();
      return (exported?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []) as readonly SeenMetric[];
    },
    async stop() {
      trace.disable();
      metrics.disable();
      context.disable();
      await provider.shutdown();
    },
  };
}
