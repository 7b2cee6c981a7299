import type { MintfaxEventType } from "@mintfax-webhooks/core";
import { envelope, RESOURCES } from "./resources.ts";
import { nullable, reference, type Schema, TEXT } from "./schema.ts";

const ENDED: Schema = { completed_at: { type: "string", format: "date-time" } };

function faxAs(status: string, members: Schema = {}): Schema {
  return { allOf: [reference("Fax"), { properties: { status: { const: status }, ...members } }] };
}

/** What `data.object` of each type has beyond its resource. */
const OBJECTS: Readonly<Record<MintfaxEventType, Schema>> = {
  "fax.queued": faxAs("queued", { completed_at: { type: "null" } }),
  // Which status it has is not documented.
  "fax.sending": reference("Fax"),
  "fax.delivered": faxAs("delivered", {
    ...ENDED,
    error_code: { type: "null" },
    error_message: { type: "null" },
  }),
  "fax.failed": faxAs("failed", { ...ENDED, error_code: TEXT, error_message: nullable(TEXT) }),
  "balance.low": reference("Balance"),
  "balance.topup": reference("Balance"),
};

/** By type: the schema of an event. */
export const EVENT_SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.entries(OBJECTS).map(([type, object]) => [type, envelope(type, object)]),
);

/** As a document of its own: everything that it refers to is inside. */
export function eventSchema(type: MintfaxEventType): Schema {
  const { Fax, FaxAttempt, Balance } = RESOURCES;
  const text = JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: type,
    ...EVENT_SCHEMAS[type],
    $defs: type.startsWith("fax.") ? { Fax, FaxAttempt } : { Balance },
  });
  return JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")) as Schema;
}
