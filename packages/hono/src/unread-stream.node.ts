import { IncomingMessage } from "node:http";
import type { IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { NodeDelivery } from "@mintfax-webhooks/core/node";
import type { Context, Env } from "hono";

/**
 * On @hono/node-server, Node's request itself, without the web's objects around it: for half the CPU time of a delivery,
 * and for whatever has been done to it before Hono, as on any other framework of Node. Undefined where there is none, or
 * its body goes by way of Hono's request.
 */
export function unreadStreamOf<E extends Env>(c: Context<E>): IncomingDelivery<Context<E>> | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown };
  // Middleware may have put another request, with another body, in place of the one that wraps the stream.
  if (!(incoming instanceof IncomingMessage) || !wraps(c.req.raw, incoming)) return undefined;
  return incoming.readableFlowing !== null && goesByRequest(c.req.raw)
    ? undefined
    : new NodeDelivery(incoming, c);
}

/** Whether the body was read through the request, or flows into one that @hono/node-server has made for the purpose. */
function goesByRequest(request: Request): boolean {
  if (request.bodyUsed) return true;
  return Object.getOwnPropertySymbols(request).some((key) => Reflect.get(request, key) instanceof Request);
}

/** @hono/node-server's own name for the stream in its request, once seen. To look for it costs as much as a claim. */
let streamKey: symbol | undefined;

function wraps(request: object, incoming: IncomingMessage): boolean {
  if (streamKey !== undefined && Reflect.get(request, streamKey) === incoming) return true;
  streamKey = Object.getOwnPropertySymbols(request).find((key) => Reflect.get(request, key) === incoming);
  return streamKey !== undefined;
}
