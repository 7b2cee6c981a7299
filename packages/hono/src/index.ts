import type { OptionsResolver, ReceiverOptions, Webhooks } from "@mintfax-webhooks/core";
import {
  checkParentheses,
  createReceiver,
  isDelivery,
  Mounting,
  splitOptions,
  toResponse,
  withWebhooks,
} from "@mintfax-webhooks/core/adapter";
import type { Context, Env, Next } from "hono";
import { routePath } from "hono/route";
import { deliveryOf } from "./delivery.ts";

export * from "@mintfax-webhooks/core";

/** The `Env` of any app. */
// biome-ignore lint/suspicious/noExplicitAny: as in Hono's own types, middleware for every app must not require an `Env`
type AnyEnv = any;

/** Options of {@link mintfaxWebhooks}. */
export interface MintfaxWebhooksOptions<E extends Env = AnyEnv, Tx = never>
  extends ReceiverOptions<Context<E>, Tx> {
  /** The path of deliveries, from the root or from where the middleware is mounted. Default `/webhooks/mintfax`. */
  readonly path?: string;
}

/** Middleware for Hono, with the methods of a receiver. */
export interface MintfaxWebhooks<E extends Env = AnyEnv, Tx = never> extends Webhooks<Context<E>, Tx> {
  (c: Context<E>, next: Next): Promise<Response | undefined>;
  /** Treats every request that reaches it as a delivery. For a route of your own, `app.post("/my/path", webhooks.handler)`. */
  readonly handler: (c: Context<E>) => Promise<Response>;
}

/**
 * Receives mintfax's webhooks in Hono, on every runtime. Mount it before middleware that reads the body: the
 * signature is over the raw bytes. Requests for other paths pass through untouched.
 *
 * @param options or, on Cloudflare, where secrets and stores are bindings, a function that makes them from the context.
 *   It is called for every delivery. The path is then the default; for another path, mount `handler`.
 * @throws {ConfigurationError} if the secret or an option is missing or invalid
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks().on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * const app = new Hono().use(webhooks);
 *
 * // Cloudflare
 * type Bindings = { MINTFAX_WEBHOOK_SECRET: string };
 * mintfaxWebhooks<{ Bindings: Bindings }>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET }));
 * ```
 */
export function mintfaxWebhooks<E extends Env = AnyEnv, Tx = never>(
  options: MintfaxWebhooksOptions<E, Tx> | OptionsResolver<Context<E>, Tx> = {},
  ...none: never[]
): MintfaxWebhooks<E, Tx> {
  checkParentheses("app.use(mintfaxWebhooks())", options, none);
  const { path, receiverOptions } =
    typeof options === "function" ? { path: undefined, receiverOptions: options } : splitOptions(options);
  const mounting = new Mounting(path);
  const receiver = createReceiver<Context<E>, Tx>(receiverOptions);
  const handler = async (c: Context<E>): Promise<Response> =>
    toResponse(await receiver.receive(deliveryOf(c)));
  const middleware = (c: Context<E>, next: Next): Promise<Response | undefined> =>
    mounting.isOwn(c.req.path) ? handler(c) : elsewhere(c, next);
  const elsewhere = async (c: Context<E>, next: Next): Promise<Response | undefined> => {
    const pathname = c.req.path;
    const mayBeDelivery = isDelivery(c.req.method, c.req.header("webhook-signature"));
    // Not by Hono's `basePath()`, which up to 4.12 gave the outermost app's only.
    if (mounting.takes(pathname, routePath(c), mayBeDelivery)) return handler(c);
    await next();
    if (mayBeDelivery && c.res.status === 404) mounting.missed(pathname);
  };
  return withWebhooks(Object.assign(middleware, { handler }), receiver);
}
