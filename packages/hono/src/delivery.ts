import { fromRequest, type IncomingDelivery } from "@mintfax-webhooks/core";
import type { Context, Env } from "hono";
import { bodyReaderOf } from "#unread-stream";

/** Hono's request as the receiver takes it. */
export async function deliveryOf<E extends Env>(c: Context<E>): Promise<IncomingDelivery<Context<E>>> {
  const readBody = bodyReaderOf(c);
  if (readBody === undefined) return fromRequest(await readable(c), c, executionOf(c));
  return { ...fromRequest(c.req.raw, c, executionOf(c)), readBody };
}

/** The request. If its body has been read by way of Hono, which keeps the bytes, one with these bytes. */
async function readable<E extends Env>({ req: { raw, bodyCache } }: Context<E>): Promise<Request> {
  const bytes = bodyCache.arrayBuffer ?? bodyCache.blob;
  if (bytes === undefined || !raw.bodyUsed) return raw;
  return new Request(raw.url, { method: raw.method, headers: raw.headers, body: await bytes });
}

/** Hono throws where a platform has no execution context, as on Node. */
function executionOf<E extends Env>(c: Context<E>): unknown {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}
