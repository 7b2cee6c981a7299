import {
  type BodyLimits,
  fromRequest,
  type IncomingDelivery,
  readKept,
} from "@mintfax-webhooks/core/adapter";
import type { Context, Env } from "hono";
import { unreadStreamOf } from "#unread-stream";

/** Hono's request as the receiver takes it. */
export function deliveryOf<E extends Env>(c: Context<E>): IncomingDelivery<Context<E>> {
  // Node has no execution context to pass on.
  const stream = unreadStreamOf(c);
  if (stream !== undefined) return stream;
  const { raw, bodyCache } = c.req;
  const delivery = fromRequest(raw, c, executionOf(c));
  // Hono keeps a body that was read through it.
  const kept = bodyCache.arrayBuffer ?? bodyCache.blob;
  return kept === undefined || !raw.bodyUsed
    ? delivery
    : Object.assign(delivery, { readBody: (limits: BodyLimits) => readKept(Promise.resolve(kept), limits) });
}

/** Hono throws on platforms without an execution context, such as Node. */
function executionOf<E extends Env>(c: Context<E>): unknown {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
