import type { Envelope } from "./envelope.ts";
import { EVENT_TYPES, type MintfaxEvent } from "./index.ts";

/**
 * Whether this version knows the event's type; after it, `event.type` tells the six apart.
 *
 * @example
 * ```ts
 * webhooks.on("*", async (event) => {
 *   if (isKnownEvent(event) && event.type === "fax.failed") await page(event.data.object.error_code);
 * });
 * ```
 */
export function isKnownEvent(event: Envelope<string, unknown>): event is MintfaxEvent {
  return (EVENT_TYPES as readonly string[]).includes(event.type);
}
