import type { Balance, Fax, FaxAttempt } from "@mintfax-webhooks/core";
import {
  DATE_TIME,
  idWith,
  nullable,
  open,
  openEnum,
  reference,
  type Schema,
  SECONDS,
  TEXT,
  WHOLE,
} from "./schema.ts";

const ERROR_CODE = openEnum(
  "busy",
  "no_answer",
  "line_quality",
  "timeout",
  "invalid_number",
  "bad_destination",
  "no_route",
);

const FAX_ATTEMPT = open<FaxAttempt>(
  {
    attempt_number: { type: "integer", minimum: 1 },
    started_at: DATE_TIME,
    completed_at: nullable(DATE_TIME),
    duration_ms: nullable(WHOLE),
    error_code: nullable(ERROR_CODE),
    error_subcode: nullable(TEXT),
    error_message: nullable(TEXT),
  },
  ["error_subcode"],
);

const FAX = open<Fax>(
  {
    id: idWith("fax_"),
    status: openEnum("queued", "submitted", "in_progress", "delivered", "failed"),
    to: nullable(TEXT),
    pages: nullable(WHOLE),
    error_code: nullable(ERROR_CODE),
    error_subcode: nullable(TEXT),
    error_message: nullable(TEXT),
    max_attempts: {
      type: ["integer", "string"],
      description: "Events have a number; the REST reference, a text.",
    },
    attempts: { type: "array", items: reference("FaxAttempt") },
    webhook_url: nullable(TEXT),
    idempotency_key: nullable(TEXT),
    tags: { type: "object", additionalProperties: TEXT },
    csid: nullable(TEXT),
    page_size: openEnum("letter", "legal", "a4", "b4"),
    resolution: openEnum("standard", "fine"),
    optimize_for: openEnum("text", "photo"),
    submitted_at: nullable(DATE_TIME),
    completed_at: nullable(DATE_TIME),
    created_at: DATE_TIME,
    updated_at: DATE_TIME,
  },
  ["error_subcode", "webhook_url", "idempotency_key", "csid", "page_size", "resolution", "optimize_for"],
);

/** Of a fax that has ended in a zero-footprint environment. */
const FAX_FOOTPRINT = closed({
  id: idWith("fax_"),
  status: openEnum("delivered", "failed"),
  submitted_at: nullable(DATE_TIME),
  completed_at: DATE_TIME,
  created_at: DATE_TIME,
  updated_at: DATE_TIME,
});

const BALANCE = open<Balance>({
  environment_id: TEXT,
  available: { type: "integer", description: "Cents." },
  held: { type: "integer", description: "Cents." },
  currency: openEnum("USD"),
});

/** Members of mintfax's reference; the rest of what an attempt has is inferred from its text. */
const WEBHOOK_ATTEMPT_MEMBERS: Readonly<Record<string, Schema>> = {
  id: idWith("wha_"),
  event_id: idWith("evt_"),
  webhook_endpoint_id: idWith("webhook_"),
  attempt_number: { type: "integer", minimum: 1 },
  status_code: nullable({ type: "integer" }),
  succeeded_at: nullable(DATE_TIME),
  failed_at: nullable(DATE_TIME),
  error_class: nullable(TEXT),
  error_message: nullable(TEXT),
  parent_attempt_id: nullable(idWith("wha_")),
};

const ATTEMPT_DETAILS: Readonly<Record<string, Schema>> = {
  ...WEBHOOK_ATTEMPT_MEMBERS,
  status: { type: "string", enum: ["succeeded", "failed", "pending"] },
  url: TEXT,
  event_type: TEXT,
  sent_at: DATE_TIME,
  duration_ms: nullable(WHOLE),
  request_headers: { type: "object", additionalProperties: TEXT },
  request_body: TEXT,
  response_body: nullable(TEXT),
  next_attempt_at: nullable(DATE_TIME),
};

/** Inferred: mintfax documents only that an endpoint has a URL, events, and a secret that is shown once. */
const ENDPOINT_MEMBERS: Readonly<Record<string, Schema>> = {
  id: idWith("webhook_"),
  url: { type: "string", format: "uri", maxLength: 2048 },
  events: { anyOf: [{ type: "array", items: TEXT, minItems: 1 }, { type: "null" }] },
  description: nullable({ type: "string", maxLength: 255 }),
  created_at: DATE_TIME,
  updated_at: DATE_TIME,
};

const SECRET: Schema = {
  type: "string",
  pattern: "^whsec_[A-Za-z0-9+/]+={0,2}$",
  description: "Shown once.",
};

const ERROR: Schema = {
  type: "object",
  required: ["error", "message", "action", "docs", "request_id"],
  properties: {
    error: TEXT,
    message: TEXT,
    action: TEXT,
    docs: { type: "string", format: "uri" },
    request_id: idWith("req_"),
    context: {
      type: "object",
      properties: {
        errors: { type: "object", additionalProperties: { type: "array", items: TEXT } },
      },
    },
  },
};

function closed(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", required: Object.keys(properties), properties, additionalProperties: false };
}

function listOf(name: string): Schema {
  return closed({ data: { type: "array", items: reference(name) }, next_cursor: nullable(TEXT) });
}

/** What the document calls its schemas. */
export type ResourceName =
  | "Fax"
  | "FaxAttempt"
  | "FaxFootprint"
  | "FaxRecord"
  | "FaxList"
  | "Balance"
  | "WebhookAttempt"
  | "WebhookAttemptDetails"
  | "WebhookAttemptList"
  | "WebhookEndpoint"
  | "WebhookEndpointCreated"
  | "WebhookEndpointRotated"
  | "WebhookEndpointList"
  | "Error";

export const RESOURCES: Readonly<Record<ResourceName, Schema>> = {
  Fax: FAX,
  FaxAttempt: FAX_ATTEMPT,
  FaxFootprint: FAX_FOOTPRINT,
  FaxRecord: { anyOf: [reference("Fax"), reference("FaxFootprint")] },
  FaxList: listOf("FaxRecord"),
  Balance: BALANCE,
  WebhookAttempt: closed(WEBHOOK_ATTEMPT_MEMBERS),
  WebhookAttemptDetails: closed(ATTEMPT_DETAILS),
  WebhookAttemptList: listOf("WebhookAttempt"),
  WebhookEndpoint: closed(ENDPOINT_MEMBERS),
  WebhookEndpointCreated: closed({ ...ENDPOINT_MEMBERS, secret: SECRET }),
  WebhookEndpointRotated: closed({
    ...ENDPOINT_MEMBERS,
    secret: SECRET,
    previous_secret_expires_at: DATE_TIME,
  }),
  WebhookEndpointList: listOf("WebhookEndpoint"),
  Error: ERROR,
};

/** The envelope of an event. @param resource the schema of `data.object` */
export function envelope(type: string, resource: Schema): Schema {
  return {
    type: "object",
    required: ["id", "type", "created", "data"],
    properties: {
      id: idWith("evt_"),
      type: { const: type },
      created: SECONDS,
      data: { type: "object", required: ["object"], properties: { object: resource } },
    },
  };
}
