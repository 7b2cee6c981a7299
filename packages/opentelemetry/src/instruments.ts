import type { LateOutcomeRecord, OutcomeRecord } from "@mintfax-webhooks/core";
import type { Attributes, Context, Counter, Histogram, MeterProvider } from "@opentelemetry/api";
import { countAttributes, durationAttributes } from "./attributes.ts";
import { QueueInstruments } from "./queue-instruments.ts";
import { DURATION_BOUNDARIES, MESSAGING_PROCESS_DURATION, SCHEMA_URL } from "./semconv.ts";

/** Seconds. A handler has 25 s by default (`deadlineMs`), and one that works on after it is measured, too. */
const HANDLER_BOUNDARIES = [...DURATION_BOUNDARIES, 15, 20, 25, 30, 60, 120];
/** Seconds. A worker has 15 minutes for a message by default, and up to 7 days. */
const PROCESS_BOUNDARIES = [...HANDLER_BOUNDARIES, 300, 900, 3600, 21_600, 86_400];
/** Seconds. mintfax tries at about 0, 10, 110 and 1110 s (webhooks/delivery-and-retries); replays and queues take longer. */
const AGE_BOUNDARIES = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 21_600, 86_400, 259_200];

/** The metrics of deliveries and queues, on one meter provider. */
export class Instruments {
  readonly queue: QueueInstruments;
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
      description:
        "From the arrival of a delivery to its answer, or from the start to the end of an attempt at a message.",
      advice: { explicitBucketBoundaries: PROCESS_BOUNDARIES },
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
    this.queue = new QueueInstruments(meter, { durations: this.#durations, ages: this.#ages });
  }

  /** @param context of the delivery, for exemplars */
  record(record: OutcomeRecord, context: Context): void {
    const { durationMs, handlerMs } = record;
    const attributes = durationAttributes(record);
    this.#deliveries.add(1, countAttributes(record), context);
    this.#durations.record(durationMs / 1000, attributes, context);
    if (handlerMs !== undefined) this.#handlerDurations.record(handlerMs / 1000, attributes, context);
    this.#recordAge(record, attributes, context);
  }

  /** @param origin attributes of the delivery or the message that the work belongs to */
  recordLate(record: LateOutcomeRecord, origin: Attributes, context: Context): void {
    this.#lateOutcomes.add(1, { ...countAttributes(record), ...origin }, context);
    this.#recordAge(record, { ...durationAttributes(record), ...origin }, context);
  }

  #recordAge(
    { outcome, created }: OutcomeRecord | LateOutcomeRecord,
    attributes: Attributes,
    context: Context,
  ): void {
    if (outcome !== "processed" || created === undefined) return;
    // mintfax's clock may be ahead of this one.
    this.#ages.record(Math.max(0, Date.now() / 1000 - created), attributes, context);
  }
}
