import type { ReceiverOptions, Webhooks } from "@mintfax-webhooks/core";
import {
  checkParentheses,
  createReceiver,
  isDelivery,
  Mounting,
  splitOptions,
  withWebhooks,
} from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest, tellIfMissed } from "@mintfax-webhooks/core/node";
import type { NextFunction, Request, Response } from "express";
import { pathnameOf, patternOf } from "./pattern.ts";

export * from "@mintfax-webhooks/core";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "@mintfax-webhooks/core/node";

/** Options of {@link mintfaxWebhooks}. */
export interface MintfaxWebhooksOptions<Tx = never> extends ReceiverOptions<Request, Tx> {
  /** The path of deliveries, from the root or from where the middleware is mounted. Default `/webhooks/mintfax`. */
  readonly path?: string;
}

/** Middleware for Express 4 and 5, with the methods of a receiver. */
export interface MintfaxWebhooks<Tx = never> extends Webhooks<Request, Tx> {
  (req: Request, res: Response, next: NextFunction): void;
  /** Treats every request that reaches it as a delivery. For a route of your own, `app.post("/my/path", webhooks.handler)`. */
  readonly handler: (req: Request, res: Response, next?: NextFunction) => Promise<void>;
}

/**
 * Receives mintfax's webhooks in Express. Mount it before `express.json()` and other body parsers: the signature
 * is over the raw bytes. Requests for other paths pass through untouched.
 *
 * @throws {ConfigurationError} if the secret or an option is missing or invalid
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks().on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * express().use(webhooks).listen(3000);
 * ```
 */
export function mintfaxWebhooks<Tx = never>(
  options: MintfaxWebhooksOptions<Tx> = {},
  ...none: never[]
): MintfaxWebhooks<Tx> {
  checkParentheses("app.use(mintfaxWebhooks())", options, none);
  const { path, receiverOptions } = splitOptions(options);
  const mounting = new Mounting(path);
  const receiver = createReceiver<Request, Tx>(receiverOptions);
  const handler = (req: Request, res: Response, next?: NextFunction): Promise<void> =>
    handleNodeRequest(receiver, req, res, req, next);
  const middleware = (req: Request, res: Response, next: NextFunction): void => {
    const pathname = pathnameOf(req);
    if (mounting.isOwn(pathname)) {
      void handler(req, res, next);
      return;
    }
    const mayBeDelivery = isDelivery(req.method, req.headers["webhook-signature"]);
    if (mounting.takes(pathname, patternOf(req, middleware), mayBeDelivery)) {
      void handler(req, res, next);
      return;
    }
    if (mayBeDelivery) tellIfMissed(mounting, pathname, res);
    next();
  };
  return withWebhooks(Object.assign(middleware, { handler }), receiver);
}
