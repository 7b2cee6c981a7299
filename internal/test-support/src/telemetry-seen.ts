import type { Attributes, HrTime, SpanContext, SpanKind, SpanStatus } from "@opentelemetry/api";

/** What every SDK exports of a span. */
export interface SeenSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly events: readonly object[];
  readonly links: readonly object[];
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  spanContext(): SpanContext;
}

/** What every SDK exports of a metric. */
export interface SeenMetric {
  readonly descriptor: { readonly name: string; readonly unit: string; readonly description: string };
  readonly dataPoints: readonly SeenPoint[];
}

/** A sum, or a histogram. */
export interface SeenPoint {
  readonly attributes: Attributes;
  readonly value: number | SeenHistogram;
}

/** The values of a histogram. */
export interface SeenHistogram {
  readonly count: number;
  readonly sum: number;
  readonly buckets: { readonly boundaries: readonly number[] };
}

/** An SDK with exporters into memory. */
export interface TestSdk {
  spans(): readonly SeenSpan[];
  metrics(): Promise<readonly SeenMetric[]>;
  stop(): Promise<void>;
}
