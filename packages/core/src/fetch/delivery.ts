import type { IncomingDelivery } from "../incoming.ts";
import { readBody } from "./read-body.ts";
import { waitUntilOf } from "./wait-until.ts";

/**
 * For adapters: a `Request` as the receiver takes it.
 *
 * @param platform what handlers find as `context.platform`
 * @param executions objects that may have a `waitUntil`; the last one that has it is used, or else the request's own
 *
 * @example
 * ```ts
 * const answer = await receiver.receive(fromRequest(request, request, env, ctx));
 * ```
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
    readBody: (limits) => readBody(request, limits),
    platform,
    waitUntil: waitUntilOf(request, executions),
  };
}
