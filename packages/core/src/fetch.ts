import type { Answer, IncomingDelivery } from "./delivery/incoming.ts";
import { readRequest } from "./delivery/read-request.ts";
import type { ReceiverOptions } from "./options.ts";
import { createReceiver } from "./receiver.ts";
import { type Webhooks, withWebhooks } from "./webhooks.ts";

/** A function from `Request` to `Response`, with the methods of a receiver. */
export interface FetchHandler<Tx = never> extends Webhooks<Request, Tx> {
  /**
   * Never rejects.
   *
   * @param execution where it has a `waitUntil`, work that outlives the answer is given to it
   */
  (request: Request, execution?: unknown): Promise<Response>;
}

/**
 * A receiver for whatever speaks `Request` and `Response`: Bun, Deno, Next.js route handlers, Cloudflare Workers.
 * It takes every request it is given for a delivery, so mount it on a path of its own.
 *
 * @throws {ConfigurationError} where the secret or an option cannot work
 *
 * @example
 * ```ts
 * // app/webhooks/mintfax/route.ts (Next.js)
 * export const POST = createFetchHandler().on("fax.delivered", markSent);
 * // Bun
 * Bun.serve({ routes: { "/webhooks/mintfax": createFetchHandler().on("fax.delivered", markSent) } });
 * ```
 */
export function createFetchHandler<Tx = never>(options: ReceiverOptions<Request, Tx> = {}): FetchHandler<Tx> {
  const receiver = createReceiver(options);
  const handle = async (request: Request, execution?: unknown): Promise<Response> =>
    toResponse(await receiver.receive(fromRequest(request, request, execution)));
  return withWebhooks(handle, receiver);
}

/** For adapters: a `Request` as the receiver takes it. */
export function fromRequest<Platform>(
  request: Request,
  platform: Platform,
  execution?: unknown,
): IncomingDelivery<Platform> {
  return {
    method: request.method,
    header: (name) => request.headers.get(name),
    readBody: (limits) => readRequest(request, limits),
    platform,
    waitUntil: waitUntilOf(execution),
  };
}

/** For adapters: the answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}

function waitUntilOf(execution: unknown): ((promise: Promise<unknown>) => void) | undefined {
  const { waitUntil } = (execution ?? {}) as { waitUntil?: unknown };
  // Called as a method: Cloudflare's refuses to run without its own `this`.
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(execution, promise) : undefined;
}
