import { IncomingMessage } from "node:http";
import type { IncomingDelivery } from "@mintfax-webhooks/core";
import { readNodeBody } from "@mintfax-webhooks/core/node";
import type { Context, Env } from "hono";

/**
 * On @hono/node-server, a way to the body without a web stream around Node's, for half the CPU time of a delivery.
 * Undefined where there is no stream of Node's, or somebody has got to it before us.
 */
export function bodyReaderOf<E extends Env>(c: Context<E>): IncomingDelivery["readBody"] | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown };
  if (!(incoming instanceof IncomingMessage) || incoming.readableFlowing !== null) return undefined;
  const request: object = c.req.raw;
  // Middleware may have put another request, with another body, in place of the one that wraps the stream.
  const wraps = Object.getOwnPropertySymbols(request).some((key) => Reflect.get(request, key) === incoming);
  return wraps ? (limits) => readNodeBody(incoming, limits) : undefined;
}
