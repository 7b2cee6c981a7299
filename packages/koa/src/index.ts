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
 * for other paths pass through untouched. Koa writes the answer: middleware before it finds it in `ctx`, and can add
 * headers.
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
    // Middleware before us may have told Koa that it would answer by itself.
    ctx.respond = answer !== undefined;
    if (answer === undefined) return;
    ctx.status = answer.status;
    ctx.set(answer.headers);
    ctx.body = answer.body;
  };
  const middleware = async (ctx: ParameterizedContext, next: Next): Promise<void> => {
    const pathname = pathnameOf(ctx);
    const mayBeDelivery = isDelivery(ctx.method, ctx.req.headers["webhook-signature"]);
    if (mounting.takes(pathname, patternOf(ctx, pathname, middleware), mayBeDelivery)) return handler(ctx);
    await next();
    if (mayBeDelivery && ctx.status === 404) mounting.missed(pathname);
  };
  return withWebhooks(Object.assign(middleware, { handler }), receiver);
}
