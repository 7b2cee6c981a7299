import type { BodyLimits, IncomingDelivery } from "../incoming.ts";
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
  return new FetchDelivery(request, platform, waitUntilOf(request, executions));
}

/** A class, since an object with a getter is dear to make. */
class FetchDelivery<Platform> implements IncomingDelivery<Platform> {
  readonly platform: Platform;
  readonly waitUntil: IncomingDelivery["waitUntil"];
  readonly #request: Request;

  constructor(request: Request, platform: Platform, waitUntil: IncomingDelivery["waitUntil"]) {
    this.#request = request;
    this.platform = platform;
    this.waitUntil = waitUntil;
  }

  /** Read within the receiver, which answers a getter that throws. */
  get method(): string {
    return this.#request.method;
  }

  header(name: string): string | null {
    return this.#request.headers.get(name);
  }

  readBody(limits: BodyLimits): Promise<Uint8Array> {
    return readBody(this.#request, limits);
  }
}
