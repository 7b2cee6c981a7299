import type { CheckOptions, CheckReport } from "./check/report.ts";
import type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
import type { Forgetting } from "./store/contract.ts";

/** What every form of the receiver, adapters included, offers beside taking deliveries. */
export interface Webhooks<Platform = unknown, Tx = never> {
  /**
   * Registers the handler of an event type, of a group (`"fax.*"`, `"balance.*"`) or of every event without one (`"*"`).
   * Exact beats group beats any.
   *
   * @throws {ConfigurationError} `handler_duplicate` for a second handler of a pattern (a retry would run both again);
   *   `event_type_unknown` for a pattern that could never match; `handler_invalid` for a handler that is not a function
   *
   * @example
   * ```ts
   * webhooks.on("fax.failed", async ({ data: { object: fax } }) => {
   *   await orders.markFailed(fax.tags.order, fax.error_code);
   * });
   * ```
   */
  // `& string` has the compiler list the patterns in the error for a misspelt one.
  on<Pattern extends EventPattern & string>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], HandlerContext<Platform, Tx>>,
  ): this;
  /**
   * Makes a processed event claimable again, so that a replay from mintfax's dashboard runs its handler once more.
   *
   * @param id the event's `webhook-id`
   * @param platform the argument of the options function, where options are one
   * @returns `forgotten`; `pending` where a handler is working on it, and nothing was changed; `absent`
   * @throws the store's error, where the store cannot be reached
   *
   * @example
   * ```ts
   * await webhooks.forget("evt_8aZqRm4yT3vK7pNxJ2bH9c"); // then "Retry now" in mintfax's dashboard
   * ```
   */
  forget(id: string, platform?: Platform): Promise<Forgetting>;
  /**
   * Looks at the set-up: secret, handlers, deadline, and the store with its server. It claims nothing and changes nothing.
   * Never rejects, and answers within some 10 s. A store is asked once in 5 s at most, however often this is called; one that
   * is made anew for each request, as of Cloudflare's bindings, is asked each time.
   *
   * @returns what was found, green and red, with the fix
   *
   * @example
   * ```ts
   * app.get("/ready", async (_req, res) => {
   *   const { ready, findings } = await webhooks.check();
   *   res.status(ready ? 200 : 503).json(findings.filter(({ ok }) => ok !== true));
   * });
   * ```
   */
  check(options?: CheckOptions<Platform>): Promise<CheckReport>;
  /**
   * Resolves when no delivery, no handler past its deadline and no `waitUntil` promise is left. Events processed while the
   * store was unreachable are still told to it, for some 5 s and 10 at most. On Node, `createShutdown` calls it at the right
   * time. On Workers, do not call it: a request that waits for another one is ended. Elsewhere, call it once the server
   * takes no more requests.
   *
   * @example
   * ```ts
   * await server.stop(); // Bun
   * await webhooks.drain();
   * ```
   */
  drain(): Promise<void>;
}

/**
 * For adapters: gives a framework's function the methods of its receiver.
 *
 * @typeParam F the framework's kind of function
 */
export function withWebhooks<F extends (...args: never[]) => unknown, Platform, Tx>(
  mount: F,
  receiver: Webhooks<Platform, Tx>,
): F & Webhooks<Platform, Tx> {
  const mounted = Object.assign(mount, {
    on(pattern: EventPattern, handler: never) {
      receiver.on(pattern, handler);
      return mounted;
    },
    forget: (id: string, platform?: Platform) => receiver.forget(id, platform),
    check: (options?: CheckOptions<Platform>) => receiver.check(options),
    drain: () => receiver.drain(),
  }) as F & Webhooks<Platform, Tx>;
  return mounted;
}
