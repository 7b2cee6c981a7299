import { IncomingMessage } from "node:http";
import type { BodyLimits, IncomingDelivery } from "@mintfax-webhooks/core";
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
  readonly #incoming: IncomingMessage;

  constructor(incoming: IncomingMessage, c: Context<E>) {
    super(incoming, c);
    this.#incoming = incoming;
  }

  override async readBody(limits: BodyLimits): Promise<Uint8Array> {
    const bytes = await super.readBody(limits);
    // @hono/node-server waits for the end, and sets timers until it is there.
    this.#incoming.resume();
    return bytes;
  }
}

function wraps(request: object, incoming: IncomingMessage): boolean {
  return Object.getOwnPropertySymbols(request).some((key) => Reflect.get(request, key) === incoming);
}
