import type { LateOutcomeRecord, OutcomeRecord } from "@mintfax-webhooks/core";
import type { Context, Counter, Histogram, MeterProvider } from "@opentelemetry/api";
import { countAttributes, durationAttributes } from "./attributes.ts";
import { DURATION_BOUNDARIES, MESSAGING_PROCESS_DURATION, SCHEMA_URL } from "./semconv.ts";

/** Seconds. A handler has 25 s by default (`deadlineMs`). */
const HANDLER_BOUNDARIES = [...DURATION_BOUNDARIES, 15, 20, 25];
/** Seconds. mintfax tries at about 0, 10, 110 and 1110 s (webhooks/delivery-and-retries); replays come later. */
const AGE_BOUNDARIES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 21_600, 86_400];

/** The metrics of deliveries, on one meter provider. */
export class Instruments {
  readonly #deliveries: Counter;
  readonly #lateOutcomes: Counter;
  readonly #durations: Histogram;
  readonly #handlerDurations: Histogram;
  readonly #ages: Histogram;

  constructor(scope: string, provider: MeterProvider) {
    const meter = provider.getMeter(scope, undefined, { schemaUrl: SCHEMA_URL });
    this.#deliveries = meter.createCounter("mintfax.webhook.deliveries", {
      unit: "{delivery}",
      description: "Deliveries by outcome.",
    });
    this.#lateOutcomes = meter.createCounter("mintfax.webhook.late_outcomes", {
      unit: "{outcome}",
      description: "Work that ended after its delivery was answered, by outcome.",
    });
    this.#durations = meter.createHistogram(MESSAGING_PROCESS_DURATION, {
      unit: "s",
      description: "From the arrival of a delivery to its answer.",
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    });
    this.#handlerDurations = meter.createHistogram("mintfax.webhook.handler.duration", {
      unit: "s",
      description: "From the start of a handler to its end.",
      advice: { explicitBucketBoundaries: HANDLER_BOUNDARIES },
    });
    this.#ages = meter.createHistogram("mintfax.webhook.event.age", {
      unit: "s",
      description: "From an event's creation at mintfax until it was processed.",
      advice: { explicitBucketBoundaries: AGE_BOUNDARIES },
    });
  }

  /** @param context of the delivery, for exemplars */
  record(record: OutcomeRecord, context: Context): void {
    const { outcome, durationMs, handlerMs, created } = record;
    const attributes = durationAttributes(record);
    this.#deliveries.add(1, countAttributes(record), context);
    this.#durations.record(durationMs / 1000, attributes, context);
    if (handlerMs !== undefined) this.#handlerDurations.record(handlerMs / 1000, attributes, context);
    if (outcome === "processed" && created !== undefined) {
      // mintfax's clock may be ahead of this one.
      this.#ages.record(Math.max(0, Date.now() / 1000 - created), attributes, context);
    }
  }

  recordLate(record: LateOutcomeRecord, context: Context): void {
    this.#lateOutcomes.add(1, countAttributes(record), context);
  }
}
