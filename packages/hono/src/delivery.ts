import { fromRequest, type IncomingDelivery, readKept } from "@mintfax-webhooks/core/adapter";
import type { Context, Env } from "hono";
import { unreadStreamOf } from "#unread-stream";

/** Hono's request as the receiver takes it. */
export function deliveryOf<E extends Env>(c: Context<E>): IncomingDelivery<Context<E>> {
  // On Node there is no execution context.
  const stream = unreadStreamOf(c);
  if (stream !== undefined) return stream;
  const { raw, bodyCache } = c.req;
  const delivery = fromRequest(raw, c, executionOf(c));
  // What has been read by way of Hono is kept by it.
  const kept = bodyCache.arrayBuffer ?? bodyCache.blob;
  return kept === undefined || !raw.bodyUsed
    ? delivery
    : { ...delivery, readBody: (limits) => readKept(Promise.resolve(kept), limits) };
}

/** Hono throws where a platform has no execution context, as on Node. */
function executionOf<E extends Env>(c: Context<E>): unknown {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
