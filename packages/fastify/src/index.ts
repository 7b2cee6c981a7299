import { createPathMatcher, type ReceiverOptions, type Webhooks } from "@mintfax-webhooks/core";
import {
  checkParentheses,
  createReceiver,
  DEFAULT_PATH,
  splitOptions,
  withWebhooks,
} from "@mintfax-webhooks/core/adapter";
import { handleNodeRequest } from "@mintfax-webhooks/core/node";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { withKeptBytes } from "./kept-bytes.ts";
import { addRoutes } from "./routes.ts";

export * from "@mintfax-webhooks/core";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "@mintfax-webhooks/core/node";

/** Options of {@link mintfaxWebhooks}. */
export interface MintfaxWebhooksOptions<Tx = never> extends ReceiverOptions<FastifyRequest, Tx> {
  /** The path of deliveries, behind the prefixes of the scope. Default `/webhooks/mintfax`. */
  readonly path?: string;
}

/** A plugin for Fastify 4 and 5, with the methods of a receiver. */
export interface MintfaxWebhooks<Tx = never> extends Webhooks<FastifyRequest, Tx>, FastifyPluginAsync {
  /**
   * Treats every request that reaches it as a delivery. For a route of your own, before Fastify reads the body:
   * `app.post("/my/path", { onRequest: webhooks.handler }, webhooks.handler)`.
   */
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => void;
}

/**
 * Receives mintfax's webhooks in Fastify, on a route of its own: before a content type parser reads the body, and behind
 * the `onRequest` hooks of the scope. Other routes are left as they are. The receiver writes the answer, so `onSend`
 * hooks do not run for it. `app.close()` waits for handlers.
 *
 * @throws {ConfigurationError} if the secret or an option is missing or invalid
 *
 * @example
 * ```ts
 * const webhooks = mintfaxWebhooks().on("fax.delivered", async ({ data: { object: fax } }) => {
 *   await orders.markSent(fax.tags.order, fax.pages);
 * });
 * const app = Fastify();
 * app.register(webhooks);
 * await app.listen({ port: 3000 });
 * ```
 */
export function mintfaxWebhooks<Tx = never>(
  options: MintfaxWebhooksOptions<Tx> = {},
  ...none: never[]
): MintfaxWebhooks<Tx> {
  checkParentheses("app.register(mintfaxWebhooks())", options, none);
  const { path = DEFAULT_PATH, receiverOptions } = splitOptions(options);
  createPathMatcher(path);
  const receiver = createReceiver<FastifyRequest, Tx>(receiverOptions);
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    // From here on Fastify leaves the answer alone: its `handlerTimeout`, too.
    reply.hijack();
    void handleNodeRequest(receiver, withKeptBytes(request), reply.raw, request);
  };
  const plugin: FastifyPluginAsync = async (scope) => {
    addRoutes(scope, path, handler);
    scope.addHook("onClose", () => receiver.drain());
  };
  return withWebhooks(Object.assign(plugin, { handler }), receiver);
}
