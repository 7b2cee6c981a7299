import type { LateOutcomeRecord, OutcomeRecord, Telemetry } from "@mintfax-webhooks/core";
import {
  context,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ARRIVAL, OPERATION, spanAttributes, typeOf } from "./attributes.ts";
import { errorTypeOf } from "./errors.ts";
import { Instruments } from "./instruments.ts";
import { SCHEMA_URL } from "./semconv.ts";

const SCOPE = "@mintfax-webhooks/opentelemetry";

/**
 * Traces and counts deliveries through OpenTelemetry's API; without an SDK it does nothing. Store calls and handlers run
 * in the delivery's span, so their own spans are below it. The delivery's span is below that of the HTTP request, if the
 * request is traced. Spans and metrics hold nothing of payloads, headers or error messages.
 *
 * It uses the SDK that is registered globally, even if that is registered later.
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks({ telemetry: createTelemetry() }).on("fax.delivered", markSent);
 * ```
 */
export function createTelemetry(): Telemetry {
  return new OpenTelemetry();
}

class OpenTelemetry implements Telemetry {
  #tracer: Tracer | undefined;
  #instruments: Instruments | undefined;
  #provider: MeterProvider | undefined;

  async onDelivery(deliver: () => Promise<OutcomeRecord>): Promise<void> {
    this.#tracer ??= trace.getTracerProvider().getTracer(SCOPE, undefined, { schemaUrl: SCHEMA_URL });
    const span = this.#tracer.startSpan(OPERATION, { kind: SpanKind.CONSUMER, attributes: ARRIVAL });
    const inSpan = trace.setSpan(context.active(), span);
    const record = await context.with(inSpan, deliver);
    try {
      this.#currentInstruments().record(record, inSpan);
    } finally {
      conclude(span, record);
    }
  }

  onLateOutcome(record: LateOutcomeRecord): void {
    this.#currentInstruments().recordLate(record, context.active());
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

function conclude(span: Span, record: OutcomeRecord): void {
  try {
    if (!span.isRecording()) return;
    const type = typeOf(record);
    if (type !== undefined) span.updateName(`${OPERATION} ${type}`);
    span.setAttributes(spanAttributes(record));
    // Without a description: the code is enough, and an error's message may hold a payload.
    if (errorTypeOf(record) !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  } finally {
    span.end();
  }
}
