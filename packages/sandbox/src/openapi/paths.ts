import type { ResourceName } from "./resources.ts";
import { reference, type Schema, TEXT } from "./schema.ts";

const INFERRED = "Inferred: mintfax's reference page of this call is not public.";

function answer(description: string, name?: ResourceName): Schema {
  return {
    description,
    headers: { "X-Request-Id": { schema: TEXT } },
    ...(name !== undefined && { content: { "application/json": { schema: reference(name) } } }),
  };
}

/** @param refusals the statuses of refusals beside 401 and 429 */
function operation(
  operationId: string,
  summary: string,
  success: readonly [status: number, name?: ResourceName],
  more: Schema = {},
  refusals: readonly number[] = [],
): Schema {
  const [status, name] = success;
  const refused = Object.fromEntries(
    [401, 403, 429, ...refusals].map((code) => [code, answer("Refused", "Error")]),
  );
  return { operationId, summary, responses: { [status]: answer("Done", name), ...refused }, ...more };
}

function query(name: string, schema: Schema = TEXT): Schema {
  return { name, in: "query", schema };
}

const ID: Schema = { name: "id", in: "path", required: true, schema: TEXT };
const PAGING = [
  query("cursor"),
  query("per_page", { type: "integer", minimum: 1, maximum: 100, default: 25 }),
];

const ENDPOINT_BODY = (isRequired: boolean): Schema => ({
  requestBody: {
    required: true,
    content: {
      "application/json": {
        schema: {
          type: "object",
          ...(isRequired && { required: ["url"] }),
          properties: {
            url: { type: "string", format: "uri", maxLength: 2048 },
            events: {
              anyOf: [{ type: "array", items: TEXT, minItems: 1 }, { type: "null" }],
              description: "Null for all events.",
            },
            description: { anyOf: [{ type: "string", maxLength: 255 }, { type: "null" }] },
          },
        },
      },
    },
  },
});

const IDEMPOTENCY_KEY: Schema = {
  name: "Idempotency-Key",
  in: "header",
  schema: { type: "string", maxLength: 255 },
};

const FAX_BODY: Schema = {
  parameters: [
    IDEMPOTENCY_KEY,
    {
      name: "Sandbox-Arrival",
      in: "header",
      description: "Of the sandbox alone.",
      schema: { type: "string", enum: ["in_order", "out_of_order", "doubled", "lost"] },
    },
  ],
  requestBody: {
    required: true,
    content: {
      "multipart/form-data": {
        schema: {
          type: "object",
          required: ["to", "file"],
          properties: {
            to: { type: "string", pattern: "^\\+[1-9]\\d{6,14}$" },
            file: { type: "string", format: "binary", description: "At most 10 MB." },
            webhook_url: { type: "string", format: "uri", maxLength: 2048 },
            max_attempts: { type: "integer", minimum: 1, maximum: 5, default: 3 },
            csid: { type: "string", maxLength: 20 },
            page_size: { type: "string", enum: ["letter", "legal", "a4", "b4"] },
            resolution: { type: "string", enum: ["standard", "fine"] },
            optimize_for: { type: "string", enum: ["text", "photo"] },
            tags: { type: "array", maxItems: 10, items: { type: "string", maxLength: 255 } },
          },
        },
      },
    },
  },
};

export const PATHS: Schema = {
  "/webhooks": {
    post: operation(
      "createWebhookEndpoint",
      "Register an endpoint. The answer has its secret, once.",
      [201, "WebhookEndpointCreated"],
      ENDPOINT_BODY(true),
      [400, 413, 422],
    ),
    get: operation(
      "listWebhookEndpoints",
      "List endpoints, the newest first.",
      [200, "WebhookEndpointList"],
      { description: INFERRED, parameters: PAGING },
      [422],
    ),
  },
  "/webhooks/{id}": {
    parameters: [ID],
    get: operation(
      "getWebhookEndpoint",
      "Read an endpoint.",
      [200, "WebhookEndpoint"],
      { description: INFERRED },
      [404],
    ),
    patch: operation(
      "updateWebhookEndpoint",
      "Change an endpoint.",
      [200, "WebhookEndpoint"],
      { description: INFERRED, ...ENDPOINT_BODY(false) },
      [400, 404, 413, 422],
    ),
    delete: operation(
      "deleteWebhookEndpoint",
      "Delete an endpoint.",
      [204],
      { description: INFERRED },
      [404],
    ),
  },
  "/webhooks/{id}/rotate": {
    parameters: [ID],
    post: operation(
      "rotateWebhookSecret",
      "Make a new secret. Deliveries are signed with both until the old one expires.",
      [200, "WebhookEndpointRotated"],
      { description: INFERRED },
      [404],
    ),
  },
  "/webhooks/attempts": {
    get: operation(
      "listWebhookAttempts",
      "List attempts, the newest first.",
      [200, "WebhookAttemptList"],
      {
        parameters: [
          query("status", { type: "string", enum: ["succeeded", "failed", "pending"] }),
          query("endpoint"),
          ...PAGING,
        ],
      },
      [422],
    ),
  },
  "/webhooks/attempts/{id}": {
    parameters: [ID],
    get: operation("getWebhookAttempt", "Read an attempt.", [200, "WebhookAttemptDetails"], {}, [404]),
  },
  "/webhooks/attempts/{id}/retry": {
    parameters: [ID],
    post: operation(
      "retryWebhookAttempt",
      "Send the same event again, at once. The schedule goes on beside it.",
      [202, "WebhookAttempt"],
      { description: "That a retry takes a key is inferred.", parameters: [IDEMPOTENCY_KEY] },
      [404, 409],
    ),
  },
  "/faxes": {
    post: operation("sendFax", "Send a fax.", [201, "Fax"], FAX_BODY, [400, 402, 409, 413, 422]),
    get: operation(
      "listFaxes",
      "List faxes, the newest first.",
      [200, "FaxList"],
      {
        parameters: [
          query("status", {
            type: "string",
            enum: ["queued", "submitted", "in_progress", "delivered", "failed"],
          }),
          query("created_after", { type: "string", format: "date-time" }),
          query("created_before", { type: "string", format: "date-time" }),
          query("to"),
          query("error_code", { type: "string", maxLength: 64 }),
          {
            name: "tag",
            in: "query",
            style: "deepObject",
            schema: { type: "object", additionalProperties: TEXT },
          },
          ...PAGING,
        ],
      },
      [422],
    ),
  },
  "/faxes/{id}": {
    parameters: [ID],
    get: operation(
      "getFax",
      "Read a fax. With zero footprint, a fax that has ended has its id, status and times only.",
      [200, "FaxRecord"],
      {},
      [404],
    ),
  },
};
