import { checkParentheses } from "../adapter/parentheses.ts";
import { ConfigurationError } from "../errors.ts";
import { isInstance, memberOf } from "../foreign.ts";
import type { Answer, IncomingDelivery } from "../incoming.ts";
import type { ReceiverOptions } from "../options.ts";
import { createReceiver } from "../receiver.ts";
import { type Webhooks, withWebhooks } from "../webhooks.ts";
import { readRequest } from "./read-body.ts";

/** A function from `Request` to `Response`, with the methods of a receiver. */
export interface FetchHandler<Tx = never> extends Webhooks<Request, Tx> {
  /**
   * Always answers a `Request`.
   *
   * @param platform the platform's other arguments, in its own order: `(request, env, ctx)` or `(request, ctx)`. Work
   *   that outlives the answer is given to the `waitUntil` of the one that has it, or of the request itself (srvx).
   */
  (request: Request, ...platform: unknown[]): Promise<Response>;
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

/**
 * For adapters: a `Request` as the receiver takes it.
 *
 * @param executions what may have a `waitUntil`; the last one that has it is used, the request itself if none has
 */
export function fromRequest<Platform>(
  request: Request,
  platform: Platform,
  ...executions: unknown[]
): IncomingDelivery<Platform> {
  return {
    // Read within the receiver, which answers a getter that throws.
    get method() {
      return request.method;
    },
    header: (name) => request.headers.get(name),
    readBody: (limits) => readRequest(request, limits),
    platform,
    waitUntil: waitUntilOf(request, executions),
  };
}

/** Some frameworks give handlers an event that holds the request: SvelteKit, Astro, Remix, Elysia. */
function checkRequest(request: unknown): void {
  if (isInstance(request, Request) || typeof memberOf(memberOf(request, "headers"), "get") === "function")
    return;
  throw new ConfigurationError(
    "request_expected",
    "The fetch handler was called with something that is not a Request. Give it the framework's own: " +
      "({ request }) => webhooks(request).",
  );
}

/** For adapters: the answer as a `Response`. */
export function toResponse({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}

/** From the last to the first, since platforms put the execution context last: `(request, env, ctx)`. */
function waitUntilOf(request: Request, executions: readonly unknown[]): IncomingDelivery["waitUntil"] {
  for (let index = executions.length - 1; index >= 0; index -= 1) {
    const waitUntil = methodOf(executions[index]);
    if (waitUntil !== undefined) return waitUntil;
  }
  return methodOf(request);
}

function methodOf(execution: unknown): IncomingDelivery["waitUntil"] {
  try {
    const { waitUntil } = (execution ?? {}) as { waitUntil?: unknown };
    // Called as a method: Cloudflare's refuses to run without its own `this`.
    return typeof waitUntil === "function" ? (promise) => waitUntil.call(execution, promise) : undefined;
  } catch {
    // A getter of the platform's that throws, as Hono's `executionCtx` does, has none to give.
    return undefined;
  }
}
