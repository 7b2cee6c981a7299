import { createSeal, type QueuedMessage, type SealOptions } from "@mintfax-webhooks/queue";
import type { Deliverable } from "@mintfax-webhooks/testing";

/** A message as handOff() of the first version writes it: a literal, so that what queues hold can be read for ever. */
export function messageOf(event: Exclude<Deliverable, string>): QueuedMessage {
  return {
    version: 1,
    namespace: "mintfax",
    id: event.id,
    type: event.type,
    created: event.created,
    enqueuedAt: 1_795_000_000_000,
    body: JSON.stringify(event),
  };
}

export function sealedMessageOf(
  event: Exclude<Deliverable, string>,
  options: SealOptions,
): Promise<QueuedMessage> {
  return createSeal(options).seal(messageOf(event));
}

const KEYS = {
  old: "b2xkLWtleS1vZi10aGUtcXVldWUtd2l0aC0zMi1ieXQ=",
  new: "bmV3LWtleS1vZi10aGUtcXVldWUtd2l0aC0zMi1ieXQ=",
};

/** A ring before, during and after a rotation, and after the old key was destroyed. */
export const SEALS: Readonly<Record<"before" | "rotated" | "destroyed", SealOptions>> = {
  before: { keys: { old: KEYS.old }, current: "old" },
  rotated: { keys: KEYS, current: "new" },
  destroyed: { keys: { new: KEYS.new }, current: "new" },
};
