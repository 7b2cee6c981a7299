import type { ReceiverOptions, Webhooks } from "@mintfax-webhooks/core";
import {
  checkParentheses,
  createReceiver,
  isDelivery,
  Mounting,
  splitOptions,
  withWebhooks,
} from "@mintfax-webhooks/core/adapter";
import { receiveNodeRequest } from "@mintfax-webhooks/core/node";
import type { Next, ParameterizedContext } from "koa";
import { pathnameOf, patternOf } from "./pattern.ts";

export * from "@mintfax-webhooks/core";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "@mintfax-webhooks/core/node";

/** Options of {@link mintfaxWebhooks}. */
export interface MintfaxWebhooksOptions<Tx = never> extends ReceiverOptions<ParameterizedContext, Tx> {
  /** The path of deliveries, from the root or from where the middleware is mounted. Default `/webhooks/mintfax`. */
  readonly path?: string;
}

/** Middleware for Koa, with the methods of a receiver. */
export interface MintfaxWebhooks<Tx = never> extends Webhooks<ParameterizedContext, Tx> {
  (ctx: ParameterizedContext, next: Next): Promise<void>;
  /** Treats every request that reaches it as a delivery. For a router, `router.post("/my/path", webhooks.handler)`. */
  readonly handler: (ctx: ParameterizedContext) => Promise<void>;
}

/**
 * Receives mintfax's webhooks in Koa. Mount it before body parsers: the signature is over the raw bytes. Requests
 * for other paths pass through untouched. Koa writes the answer: middleware before it finds it in `ctx`, and can add
 * headers.
 *
 * @throws {ConfigurationError} if the secret or an option is missing or invalid
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks().on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * new Koa().use(webhooks).listen(3000);
 * ```
 */
export function mintfaxWebhooks<Tx = never>(
  options: MintfaxWebhooksOptions<Tx> = {},
  ...none: never[]
): MintfaxWebhooks<Tx> {
  checkParentheses("app.use(mintfaxWebhooks())", options, none);
  const { path, receiverOptions } = splitOptions(options);
  const mounting = new Mounting(path);
  const receiver = createReceiver<ParameterizedContext, Tx>(receiverOptions);
  const handler = async (ctx: ParameterizedContext): Promise<void> => {
    const answer = await receiveNodeRequest(receiver, ctx.req, ctx.res, ctx);
    // Middleware before this may have told Koa not to answer.
    ctx.respond = answer !== undefined;
    if (answer === undefined) return;
    ctx.status = answer.status;
    ctx.set(answer.headers);
    ctx.body = answer.body;
  };
  const middleware = (ctx: ParameterizedContext, next: Next): Promise<void> => {
    const pathname = pathnameOf(ctx);
    return mounting.isOwn(pathname) ? handler(ctx) : elsewhere(ctx, next, pathname);
  };
  const elsewhere = async (ctx: ParameterizedContext, next: Next, pathname: string): Promise<void> => {
    const mayBeDelivery = isDelivery(ctx.method, ctx.req.headers["webhook-signature"]);
    if (mounting.takes(pathname, patternOf(ctx, pathname, middleware), mayBeDelivery)) return handler(ctx);
    await next();
    if (mayBeDelivery && ctx.status === 404) mounting.missed(pathname);
  };
  return withWebhooks(Object.assign(middleware, { handler }), receiver);
}
