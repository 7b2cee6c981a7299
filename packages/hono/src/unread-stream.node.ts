import { IncomingMessage } from "node:http";
import type { IncomingDelivery } from "@mintfax-webhooks/core";
import { readNodeBody } from "@mintfax-webhooks/core/node";
import type { Context, Env } from "hono";

/**
 * On @hono/node-server, a way to headers and body without the web's objects around Node's, for half the CPU time of a
 * delivery. Undefined where there is no stream of Node's, or somebody has got to it before us.
 */
export function unreadStreamOf<E extends Env>(
  c: Context<E>,
): Pick<IncomingDelivery, "header" | "readBody"> | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown };
  if (!(incoming instanceof IncomingMessage) || incoming.readableFlowing !== null) return undefined;
  // Middleware may have put another request, with another body, in place of the one that wraps the stream.
  if (!wraps(c.req.raw, incoming)) return undefined;
  return { header: (name) => incoming.headers[name], readBody: (limits) => readNodeBody(incoming, limits) };
}

function wraps(request: object, incoming: IncomingMessage): boolean {
  return Object.getOwnPropertySymbols(request).some((key) => Reflect.get(request, key) === incoming);
}
