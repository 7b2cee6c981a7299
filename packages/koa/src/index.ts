import {
  createPathMatcher,
  createReceiver,
  type ReceiverOptions,
  type Webhooks,
  withWebhooks,
} from "@mintfax-webhooks/core";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import type { Next, ParameterizedContext } from "koa";

export * from "@mintfax-webhooks/core";

/** Options of {@link mintfaxWebhooks}. */
export interface MintfaxWebhooksOptions<Tx = never> extends ReceiverOptions<ParameterizedContext, Tx> {
  /** Where deliveries arrive, as the middleware sees it or from the root. Default `/webhooks/mintfax`. */
  readonly path?: string;
}

/** Middleware for Koa, with the methods of a receiver. */
export interface MintfaxWebhooks<Tx = never> extends Webhooks<ParameterizedContext, Tx> {
  (ctx: ParameterizedContext, next: Next): Promise<void>;
  /** Takes whatever reaches it for a delivery: for a router, `router.post("/my/path", webhooks.handler)`. */
  readonly handler: (ctx: ParameterizedContext) => Promise<void>;
}

/**
 * Receives mintfax's webhooks in Koa. Mount it before body parsers: the signature is over the raw bytes. Requests
 * for other paths pass through untouched. Middleware before it finds the answer's status in `ctx.status`; the answer
 * has been sent by then, so it can add no headers to it.
 *
 * @throws {ConfigurationError} where the secret or an option cannot work
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks().on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * new Koa().use(webhooks).listen(3000);
 * ```
 */
export function mintfaxWebhooks<Tx = never>(options: MintfaxWebhooksOptions<Tx> = {}): MintfaxWebhooks<Tx> {
  const { path, ...receiverOptions } = options;
  const isOwnPath = createPathMatcher(path);
  const receiver = createReceiver<ParameterizedContext, Tx>(receiverOptions);
  const handler = async (ctx: ParameterizedContext): Promise<void> => {
    await handleNodeRequest(receiver, ctx.req, ctx.res, ctx);
    ctx.respond = false;
  };
  // koa-mount strips the path that we look for, hence the second look.
  const middleware = async (ctx: ParameterizedContext, next: Next): Promise<void> => {
    if (isOwnPath(ctx.path) || isOwnPath(pathnameOf(ctx.originalUrl))) await handler(ctx);
    else await next();
  };
  return withWebhooks(Object.assign(middleware, { handler }), receiver);
}

function pathnameOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
