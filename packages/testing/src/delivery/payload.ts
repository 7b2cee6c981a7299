import type { Envelope } from "@mintfax-webhooks/core";

/** What can be delivered: an event, or a body to be sent as it is. */
export type Deliverable = Envelope<string, unknown> | string;

/** A body and the id it is delivered under. */
export interface Payload {
  readonly id: string;
  readonly text: string;
}

/** @throws {TypeError} where no id was given and the body has none */
export function payloadOf(event: Deliverable, id: string | undefined): Payload {
  const text = typeof event === "string" ? event : JSON.stringify(event);
  const ownId = id ?? idIn(text);
  if (ownId === undefined) {
    throw new TypeError(
      "This body has no `id` to deliver it under: it is not JSON, or not an object with a string as `id`. " +
        "Give one with the option `id`.",
    );
  }
  return { id: ownId, text };
}

function idIn(text: string): string | undefined {
  try {
    const { id } = JSON.parse(text) as { id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}
