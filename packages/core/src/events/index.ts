import type { BalanceEvent } from "./balance.ts";
import type { Envelope } from "./envelope.ts";
import type { FaxEvent } from "./fax.ts";

export type * from "./balance.ts";
export type * from "./envelope.ts";
export type * from "./fax.ts";

/**
 * Any event that mintfax documents, told apart by `type`.
 *
 * @example
 * ```ts
 * if (event.type === "fax.failed") console.log(event.data.object.error_code);
 * ```
 */
export type MintfaxEvent = FaxEvent | BalanceEvent;

/** The name of an event that mintfax documents. */
export type MintfaxEventType = MintfaxEvent["type"];

/** A verified event whose type this version does not know: mintfax announces new kinds of events under new names. */
export interface UnknownEvent<Resource = unknown> extends Envelope<string, Resource> {}

/** The event of a type. */
export type EventOf<Type extends string> = Extract<MintfaxEvent, { type: Type }>;

// An object for its keys, since the compiler then misses a type that has been forgotten.
const TYPES: Readonly<Record<MintfaxEventType, null>> = {
  "fax.queued": null,
  "fax.sending": null,
  "fax.delivered": null,
  "fax.failed": null,
  "balance.low": null,
  "balance.topup": null,
};

/** The six types mintfax documents (webhooks/events/overview, May 2026). */
export const EVENT_TYPES: readonly MintfaxEventType[] = Object.keys(TYPES) as MintfaxEventType[];
