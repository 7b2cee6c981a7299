import type { Trace } from "@mintfax-webhooks/queue";
import { createTraceState, isSpanContextValid, type Link, type SpanContext } from "@opentelemetry/api";

/** Version, trace id, parent id and flags of W3C Trace Context, level 1; later versions may append to it. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
/** As much as every party has to pass on. */
const TRACESTATE_MAX_LENGTH = 512;

/**
 * The trace that travels in a message. Not by the global propagator, which may write other headers than these two, and with them
 * baggage: that may hold anything.
 */
export function traceOf(context: SpanContext): Trace | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const { traceId, spanId, traceFlags, traceState } = context;
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  const tracestate = traceState?.serialize() ?? "";
  return tracestate === "" || tracestate.length > TRACESTATE_MAX_LENGTH
    ? { traceparent }
    : { traceparent, tracestate };
}

/** Links to the span that has put the message into the queue: none where it was not traced, or the text is not a trace. */
export function linksTo(trace: Trace | undefined): Link[] {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(trace?.traceparent ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return [];
  const context: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  const tracestate = trace?.tracestate ?? "";
  if (tracestate !== "" && tracestate.length <= TRACESTATE_MAX_LENGTH) {
    context.traceState = createTraceState(tracestate);
  }
  return isSpanContextValid(context) ? [{ context }] : [];
}
