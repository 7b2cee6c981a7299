import type { IncomingMessage } from "node:http";
import type { FastifyRequest } from "fastify";

/**
 * Fastify's request in Node's own form. On a route behind parsers, with what these have kept: the bytes in `body`
 * (`addContentTypeParser` with `parseAs: "buffer"`) or in `rawBody` (fastify-raw-body).
 */
export function withKeptBytes(request: FastifyRequest): IncomingMessage {
  const { raw, body } = request;
  if (body !== undefined) Object.assign(raw, { body, rawBody: (request as { rawBody?: unknown }).rawBody });
  return raw;
}
