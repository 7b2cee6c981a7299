import type { EnqueueFacts, EnqueueRecord, WorkerRecord, WorkFacts } from "@mintfax-webhooks/queue";
import type { Context, Counter, Histogram, Meter } from "@opentelemetry/api";
import {
  attemptAttributes,
  placeAttributes,
  sentCountAttributes,
  sentDurationAttributes,
  waitAttributes,
  workDurationAttributes,
} from "./queue-attributes.ts";
import { DURATION_BOUNDARIES, MESSAGING_CLIENT_OPERATION_DURATION } from "./semconv.ts";

/** Seconds. An idle worker takes a message at once; one that keeps failing is tried for 3 days. */
const WAIT_BOUNDARIES = [0.01, 0.1, 1, 10, 60, 300, 900, 3600, 21_600, 43_200, 86_400, 172_800, 259_200];

/** What deliveries and messages share. */
interface Shared {
  readonly durations: Histogram;
  readonly ages: Histogram;
}

/** The metrics of queues, on one meter. */
export class QueueInstruments {
  readonly #shared: Shared;
  readonly #enqueued: Counter;
  readonly #sendDurations: Histogram;
  readonly #attempts: Counter;
  readonly #parked: Counter;
  readonly #waits: Histogram;

  constructor(meter: Meter, shared: Shared) {
    this.#shared = shared;
    this.#enqueued = meter.createCounter("mintfax.queue.enqueued", {
      unit: "{message}",
      description: "Events handed to a queue, by result.",
    });
    this.#sendDurations = meter.createHistogram(MESSAGING_CLIENT_OPERATION_DURATION, {
      unit: "s",
      description: "How long a queue took to store an event.",
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    });
    this.#attempts = meter.createCounter("mintfax.queue.attempts", {
      unit: "{attempt}",
      description: "Attempts of workers at messages, by outcome and action.",
    });
    this.#parked = meter.createCounter("mintfax.queue.parked", {
      unit: "{message}",
      description: "Messages that were parked: a person decides.",
    });
    this.#waits = meter.createHistogram("mintfax.queue.wait", {
      unit: "s",
      description: "From the hand-off of an event to the start of an attempt at it.",
      advice: { explicitBucketBoundaries: WAIT_BOUNDARIES },
    });
  }

  /** @param context of the span, for exemplars */
  recordSent(facts: EnqueueFacts, record: EnqueueRecord, context: Context): void {
    this.#enqueued.add(1, sentCountAttributes(facts, record), context);
    this.#sendDurations.record(record.durationMs / 1000, sentDurationAttributes(facts, record), context);
  }

  recordWorked(facts: WorkFacts, record: WorkerRecord, context: Context): void {
    const { outcome, action, durationMs, waitMs, created } = record;
    const attributes = workDurationAttributes(facts, record);
    this.#attempts.add(1, attemptAttributes(facts, record), context);
    // Of zeros too: an alert on an increase needs a value from before the first message was parked.
    this.#parked.add(action === "park" ? 1 : 0, placeAttributes(facts, "process"), context);
    this.#shared.durations.record(durationMs / 1000, attributes, context);
    if (waitMs !== undefined) this.#waits.record(waitMs / 1000, waitAttributes(facts), context);
    if (outcome === "processed" && created !== undefined) {
      // mintfax's clock may be ahead of this one.
      this.#shared.ages.record(Math.max(0, Date.now() / 1000 - created), attributes, context);
    }
  }
}
