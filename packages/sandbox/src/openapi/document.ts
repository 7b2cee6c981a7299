import { EVENT_SCHEMAS } from "./events.ts";
import { PATHS } from "./paths.ts";
import { RESOURCES } from "./resources.ts";
import type { Schema } from "./schema.ts";

function webhook(type: string, schema: Schema): Schema {
  return {
    post: {
      operationId: type.replace(/\.(\w)/, (_, letter: string) => letter.toUpperCase()),
      summary: type,
      security: [],
      parameters: ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => ({
        name,
        in: "header",
        required: true,
        schema: { type: "string" },
      })),
      requestBody: { required: true, content: { "application/json": { schema } } },
      responses: { "2XX": { description: "Received. Every other answer is retried." } },
    },
  };
}

/** OpenAPI 3.1 of what the sandbox answers, and of the six events. */
export const OPENAPI: Schema = {
  openapi: "3.1.0",
  info: {
    title: "mintfax sandbox",
    version: "1",
    description:
      "mintfax's API as far as its public pages tell, played on this machine. It is not mintfax's own document: calls and members that mintfax does not document are inferred.",
  },
  servers: [{ url: "/v1" }],
  security: [{ key: [] }],
  paths: PATHS,
  webhooks: Object.fromEntries(
    Object.entries(EVENT_SCHEMAS).map(([type, schema]) => [type, webhook(type, schema)]),
  ),
  components: {
    securitySchemes: { key: { type: "http", scheme: "bearer", bearerFormat: "mfx_test_..." } },
    schemas: RESOURCES,
  },
};
