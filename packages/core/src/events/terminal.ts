import type { Envelope, FaxDeliveredEvent, FaxFailedEvent } from "./index.ts";

/**
 * Whether this event ends a fax: nothing follows `fax.delivered` or `fax.failed`.
 *
 * @example
 * ```ts
 * webhooks.on("fax.*", async (event) => {
 *   if (isTerminal(event)) await archive(event.data.object.id, event.data.object.completed_at);
 * });
 * ```
 */
export function isTerminal(event: Envelope<string, unknown>): event is FaxDeliveredEvent | FaxFailedEvent {
  return event.type === "fax.delivered" || event.type === "fax.failed";
}
