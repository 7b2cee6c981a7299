import type { EventByPattern, EventPattern, Handler, HandlerContext } from "./dispatch/handler.ts";
import type { Forgetting } from "./store/contract.ts";

/** What `checkSetup` looks at. */
export interface ReceiverSetup {
  readonly hasHandlers: boolean;
  /** Known to core alone. Rejects where the options function has failed, or its options cannot work. */
  readonly settings: Promise<unknown>;
}

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
  /**
   * For `checkSetup`, and named so that editors list it last.
   *
   * @param platform the argument of the options function, where options are one
   */
  "~setup"(platform?: Platform): ReceiverSetup;
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
    drain: () => receiver.drain(),
    "~setup": (platform?: Platform) => receiver["~setup"](platform),
  }) as F & Webhooks<Platform, Tx>;
  return mounted;
}
