import type { MintfaxEvent } from "@mintfax-webhooks/core";
import type { QueuedMessage } from "@mintfax-webhooks/queue";

/** As handOff() writes it. */
export function messageOf(event: MintfaxEvent): QueuedMessage {
  const { id, type, created } = event;
  return {
    version: 1,
    namespace: "mintfax",
    id,
    type,
    created,
    enqueuedAt: 1_795_000_000_000,
    body: JSON.stringify(event),
  };
}
