import type { FaxWatch } from "@mintfax-webhooks/core/store";
import { type Attributes, type BatchObservableCallback, diag, metrics } from "@opentelemetry/api";
import { SCOPE } from "./scope.ts";
import { NAMESPACE, SCHEMA_URL } from "./semconv.ts";

/**
 * Reports what owes a final event, as gauges. They are read from the database whenever the SDK collects, so they survive
 * restarts, and every process reports the same: take the maximum of them. Call it once the SDK is registered.
 *
 * @param watch of `createFaxWatch()`
 * @returns stops it
 *
 * @example
 * ```ts
 * const stop = observeFaxWatch(createFaxWatch({ pool }));
 * ```
 */
export function observeFaxWatch(watch: Pick<FaxWatch, "namespace" | "status">): () => void {
  const meter = metrics.getMeterProvider().getMeter(SCOPE, undefined, { schemaUrl: SCHEMA_URL });
  const expected = meter.createObservableGauge("mintfax.fax_watch.expected", {
    unit: "{fax}",
    description: "Faxes without a final event, those included whose time has not come.",
  });
  const owed = meter.createObservableGauge("mintfax.fax_watch.owed", {
    unit: "{fax}",
    description: "Faxes whose time has passed without a final event.",
  });
  const oldest = meter.createObservableGauge("mintfax.fax_watch.oldest_owed", {
    unit: "s",
    description: "For how long the oldest of the owed faxes has been owed; 0 where none is.",
  });
  const lastEvent = meter.createObservableGauge("mintfax.fax_watch.last_event_age", {
    unit: "s",
    description: "Since the newest final event was settled.",
  });
  const readable = meter.createObservableGauge("mintfax.fax_watch.readable", {
    unit: "1",
    description: "1 where the database of the watch answered at the last collection, otherwise 0.",
  });
  const attributes: Attributes = { [NAMESPACE]: watch.namespace };
  const read: BatchObservableCallback = async (result) => {
    // An SDK goes on to report what it was told last, so an alert could not tell silence from health.
    const status = await watch.status().catch((error) => {
      diag.error("The fax watch could not be read.", error);
      return undefined;
    });
    result.observe(readable, status === undefined ? 0 : 1, attributes);
    if (status === undefined) return;
    result.observe(expected, status.expected, attributes);
    result.observe(owed, status.owed, attributes);
    result.observe(oldest, status.oldestOwedSeconds, attributes);
    const { sinceLastEventSeconds } = status;
    if (sinceLastEventSeconds !== undefined) result.observe(lastEvent, sinceLastEventSeconds, attributes);
  };
  const gauges = [readable, expected, owed, oldest, lastEvent];
  meter.addBatchObservableCallback(read, gauges);
  return () => meter.removeBatchObservableCallback(read, gauges);
}
