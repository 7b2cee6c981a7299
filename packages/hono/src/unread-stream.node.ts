import { IncomingMessage } from "node:http";
import type { IncomingDelivery } from "@mintfax-webhooks/core";
import { NodeDelivery } from "@mintfax-webhooks/core/node";
import type { Context, Env } from "hono";

/**
 * On @hono/node-server, a way to headers and body without the web's objects around Node's, for half the CPU time of a
 * delivery. Undefined where there is no stream of Node's, or somebody has got to it before us.
 */
export function unreadStreamOf<E extends Env>(c: Context<E>): IncomingDelivery<Context<E>> | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown };
  if (!(incoming instanceof IncomingMessage) || incoming.readableFlowing !== null) return undefined;
  // Middleware may have put another request, with another body, in place of the one that wraps the stream.
  return wraps(c.req.raw, incoming) ? new UnreadStream(incoming, c) : undefined;
}

class UnreadStream<E extends Env> extends NodeDelivery<Context<E>> {
  /** By @hono/node-server, which sets timers until the end is there. */
  protected override get isAwaited(): boolean {
    return true;
  }
}

/** @hono/node-server's own name for the stream in its request, once seen. To look for it costs as much as a claim. */
let streamKey: symbol | undefined;

function wraps(request: object, incoming: IncomingMessage): boolean {
  if (streamKey !== undefined && Reflect.get(request, streamKey) === incoming) return true;
  streamKey = Object.getOwnPropertySymbols(request).find((key) => Reflect.get(request, key) === incoming);
  return streamKey !== undefined;
}
