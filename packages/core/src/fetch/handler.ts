import { checkParentheses } from "../adapter/parentheses.ts";
import { ConfigurationError } from "../errors.ts";
import { isInstance, memberOf } from "../foreign.ts";
import type { ReceiverOptions } from "../options.ts";
import { createReceiver } from "../receiver.ts";
import { type Webhooks, withWebhooks } from "../webhooks.ts";
import { fromRequest } from "./delivery.ts";
import { toResponse } from "./send-answer.ts";

/** A function from `Request` to `Response`, with the methods of a receiver. */
export interface FetchHandler<Tx = never> extends Webhooks<Request, Tx> {
  /**
   * Always answers a `Request`.
   *
   * @param platform the platform's other arguments, in its own order: `(request, env, ctx)` or `(request, ctx)`. Work
   *   that outlives the answer goes to the `waitUntil` of the last argument that has one, or else of the request (srvx).
   */
  (request: Request, ...platform: unknown[]): Promise<Response>;
}

/**
 * A receiver for platforms with `Request` and `Response`: Bun, Deno, Next.js route handlers, Cloudflare Workers.
 * It treats every request as a delivery, so mount it on a path of its own.
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
export function createFetchHandler<Tx = never>(
  options: ReceiverOptions<Request, Tx> = {},
  ...none: never[]
): FetchHandler<Tx> {
  checkParentheses("createFetchHandler()", options, none);
  const receiver = createReceiver(options);
  const handle = async (request: Request, ...platform: unknown[]): Promise<Response> => {
    checkRequest(request);
    return toResponse(await receiver.receive(fromRequest(request, request, ...platform)));
  };
  return withWebhooks(handle, receiver);
}

/** Some frameworks call handlers with an event that holds the request: SvelteKit, Astro, Remix, Elysia. */
function checkRequest(request: unknown): void {
  if (isInstance(request, Request) || typeof memberOf(memberOf(request, "headers"), "get") === "function")
    return;
  throw new ConfigurationError(
    "request_expected",
    "The fetch handler was called with something that is not a Request. Give it the framework's own: " +
      "({ request }) => webhooks(request).",
  );
}
