import { fromRequest, type IncomingDelivery } from "@mintfax-webhooks/core";
import type { Context, Env } from "hono";
import { unreadStreamOf } from "#unread-stream";

/** Hono's request as the receiver takes it. A promise only where its body has been read by way of Hono. */
export function deliveryOf<E extends Env>(
  c: Context<E>,
): IncomingDelivery<Context<E>> | Promise<IncomingDelivery<Context<E>>> {
  // On Node there is no execution context.
  const stream = unreadStreamOf(c);
  if (stream !== undefined) return stream;
  const request = readable(c);
  return request instanceof Promise
    ? request.then((again) => fromRequest(again, c, executionOf(c)))
    : fromRequest(request, c, executionOf(c));
}

/** The request. If its body has been read by way of Hono, which keeps the bytes, one with these bytes. */
function readable<E extends Env>({ req: { raw, bodyCache } }: Context<E>): Request | Promise<Request> {
  const bytes = bodyCache.arrayBuffer ?? bodyCache.blob;
  if (bytes === undefined || !raw.bodyUsed) return raw;
  return Promise.resolve(bytes).then(
    (body) => new Request(raw.url, { method: raw.method, headers: raw.headers, body }),
  );
}

/** Hono throws where a platform has no execution context, as on Node. */
function executionOf<E extends Env>(c: Context<E>): unknown {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
