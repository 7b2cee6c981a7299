import { IncomingMessage } from "node:http";
import type { IncomingDelivery } from "@mintfax-webhooks/core/adapter";
import { NodeDelivery } from "@mintfax-webhooks/core/node";
import type { Context, Env } from "hono";

/**
 * On @hono/node-server, Node's own request as the receiver takes it. By way of the `Request` around it, a delivery costs
 * 3.0 times the CPU time (136 instead of 45 µs on Node 24), and what other code did to Node's request before Hono goes
 * unseen. Undefined on other platforms, and where the body goes by way of the `Request`.
 *
 * @hono/node-server has no public way to ask which request a `Request` wraps, so its members are looked through by value.
 */
export function unreadStreamOf<E extends Env>(c: Context<E>): IncomingDelivery<Context<E>> | undefined {
  const { incoming } = (c.env ?? {}) as { incoming?: unknown };
  // Middleware may have put a request with another body in place of the one that wraps Node's.
  if (!(incoming instanceof IncomingMessage) || !wraps(c.req.raw, incoming)) return undefined;
  return incoming.readableFlowing !== null && goesByRequest(c.req.raw)
    ? undefined
    : new NodeDelivery(incoming, c);
}

/** Whether the body was read by way of the `Request`, or flows into a second one that @hono/node-server has made. */
function goesByRequest(request: Request): boolean {
  return request.bodyUsed || keyOf(request, (member) => member instanceof Request) !== undefined;
}

/** Under which symbol the last `Request` held Node's: nearly always, so does the next. */
let lastKey: symbol | undefined;

function wraps(request: Request, incoming: IncomingMessage): boolean {
  if (lastKey !== undefined && Reflect.get(request, lastKey) === incoming) return true;
  lastKey = keyOf(request, (member) => member === incoming);
  return lastKey !== undefined;
}

function keyOf(request: Request, isIt: (member: unknown) => boolean): symbol | undefined {
  return Object.getOwnPropertySymbols(request).find((key) => isIt(Reflect.get(request, key)));
}
