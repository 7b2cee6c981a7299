import type { Envelope } from "@mintfax-webhooks/core";
import { wrongKind } from "../given.ts";
import { bodyText } from "./body-text.ts";

/** What a sender delivers: an event, or a body as text. */
export type Deliverable = Envelope<string, unknown> | string;

/** A body and its `webhook-id`. */
export interface Payload {
  readonly id: string;
  readonly text: string;
}

/** @throws {TypeError} for a value that is neither an event nor a body, an `id` that is not text, and where `id` is left out and the body has no id */
export function payloadOf(event: Deliverable, id: string | undefined): Payload {
  const text = typeof event === "string" ? event : bodyText(event);
  if (id !== undefined && typeof id !== "string") {
    throw wrongKind(id, "text as `id`", "To send the event's own, leave it out.");
  }
  const ownId = id ?? idIn(text);
  if (ownId === undefined) {
    throw new TypeError(
      "This body has no `id`: it is not JSON, or not an object with a string as `id`. " +
        "Give an id with the option `id`.",
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
