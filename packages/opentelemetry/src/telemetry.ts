import type { LateOutcomeRecord, OutcomeRecord, Telemetry } from "@mintfax-webhooks/core";
import type {
  EnqueueFacts,
  EnqueueRecord,
  QueueTelemetry,
  Trace,
  WorkerRecord,
  WorkFacts,
} from "@mintfax-webhooks/queue";
import {
  type Attributes,
  type Context,
  context,
  createContextKey,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ARRIVAL, OPERATION, spanAttributes, typeOf } from "./attributes.ts";
import { errorTypeOf } from "./errors.ts";
import { Instruments } from "./instruments.ts";
import {
  placeAttributes,
  sendAttributes,
  sentAttributes,
  workAttributes,
  workErrorTypeOf,
  workedAttributes,
} from "./queue-attributes.ts";
import { SCOPE } from "./scope.ts";
import { SCHEMA_URL } from "./semconv.ts";
import { linksTo, traceOf } from "./trace-context.ts";

/** Where work that ends late finds what it belongs to. */
const ORIGIN = createContextKey("mintfax.webhook.origin");

/**
 * Traces and counts through OpenTelemetry's API; without an SDK it does nothing. It is the option `telemetry` of every receiver, of
 * `handOff()` and of `createWorker()`; one for all of them will do. Spans and metrics hold nothing of payloads, headers or error
 * messages.
 *
 * - A delivery has a span. Store calls and the handler run in it, so their own spans are below it. It is below that of the HTTP
 *   request, if the request is traced.
 * - Storing an event in a queue has a span, below the delivery's. Its context travels in the message.
 * - Each attempt of a worker has a span, with a link to the span that has stored the event. The handler runs in it.
 *
 * It uses the SDK that is registered globally, even if that is registered later.
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ telemetry: createTelemetry() }).on("fax.delivered", markSent);
 * ```
 */
export function createTelemetry(): Telemetry & QueueTelemetry {
  return new OpenTelemetry();
}

/** What a span ends with. */
interface Conclusion {
  readonly name?: string | undefined;
  readonly attributes: Attributes;
  readonly errorType: string | undefined;
}

class OpenTelemetry implements Telemetry, QueueTelemetry {
  #tracer: Tracer | undefined;
  #instruments: Instruments | undefined;
  #provider: MeterProvider | undefined;

  async onDelivery(deliver: () => Promise<OutcomeRecord>): Promise<void> {
    const span = this.#startSpan(OPERATION, { kind: SpanKind.CONSUMER, attributes: ARRIVAL });
    const inSpan = trace.setSpan(context.active(), span);
    const record = await context.with(inSpan, deliver);
    const type = typeOf(record);
    this.#end(span, {
      record: (instruments) => instruments.record(record, inSpan),
      conclude: () => ({
        name: type && `${OPERATION} ${type}`,
        attributes: spanAttributes(record),
        errorType: errorTypeOf(record),
      }),
    });
  }

  async onEnqueue(facts: EnqueueFacts, enqueue: (trace?: Trace) => Promise<EnqueueRecord>): Promise<void> {
    const name = `send ${facts.queue}`;
    const span = this.#startSpan(name, { kind: SpanKind.PRODUCER, attributes: sendAttributes(facts) });
    const inSpan = trace.setSpan(context.active(), span);
    const record = await context.with(inSpan, () => enqueue(traceOf(span.spanContext())));
    this.#end(span, {
      record: ({ queue }) => queue.recordSent(facts, record, inSpan),
      conclude: () => ({ attributes: sentAttributes(record), errorType: record.error?.code }),
    });
  }

  async onWork(facts: WorkFacts, work: () => Promise<WorkerRecord>): Promise<void> {
    const span = this.#startSpan(`${OPERATION} ${facts.queue}`, {
      kind: SpanKind.CONSUMER,
      attributes: workAttributes(facts),
      // Not below it: days may lie between them, and every attempt at a message is work of its own.
      links: linksTo(facts.trace),
    });
    const inSpan = trace.setSpan(context.active(), span);
    const origin = placeAttributes(facts, OPERATION);
    const record = await context.with(inSpan.setValue(ORIGIN, origin), work);
    this.#end(span, {
      record: ({ queue }) => queue.recordWorked(facts, record, inSpan),
      conclude: () => ({
        attributes: workedAttributes(facts, record),
        errorType: workErrorTypeOf(record),
      }),
    });
  }

  onLateOutcome(record: LateOutcomeRecord): void {
    const active: Context = context.active();
    const origin = active.getValue(ORIGIN) as Attributes | undefined;
    this.#currentInstruments().recordLate(record, origin ?? {}, active);
  }

  #startSpan(name: string, options: SpanOptions): Span {
    this.#tracer ??= trace.getTracerProvider().getTracer(SCOPE, undefined, { schemaUrl: SCHEMA_URL });
    return this.#tracer.startSpan(name, options);
  }

  #end(
    span: Span,
    { record, conclude }: { record: (instruments: Instruments) => void; conclude: () => Conclusion },
  ): void {
    try {
      record(this.#currentInstruments());
    } finally {
      endSpan(span, conclude);
    }
  }

  /** A tracer finds an SDK that is registered later; a meter does not. */
  #currentInstruments(): Instruments {
    const provider = metrics.getMeterProvider();
    if (this.#instruments === undefined || provider !== this.#provider) {
      this.#provider = provider;
      this.#instruments = new Instruments(SCOPE, provider);
    }
    return this.#instruments;
  }
}

function endSpan(span: Span, conclude: () => Conclusion): void {
  try {
    if (!span.isRecording()) return;
    const { name, attributes, errorType } = conclude();
    if (name !== undefined) span.updateName(name);
    span.setAttributes(attributes);
    // Without a description: the code is enough, and an error's message may hold a payload.
    if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}
