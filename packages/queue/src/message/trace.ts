import type { Trace } from "./message.ts";

/** The trace in what a queue has kept, or in what telemetry has given: as much of it as is text. */
export function traceFrom(value: unknown): Trace | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    const { traceparent, tracestate } = value as Readonly<Record<string, unknown>>;
    if (typeof traceparent !== "string") return undefined;
    return typeof tracestate === "string" ? { traceparent, tracestate } : { traceparent };
  } catch {
    // Foreign code has given it. A message is worked on without its trace, too.
    return undefined;
  }
}
