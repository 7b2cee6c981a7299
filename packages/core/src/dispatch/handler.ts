import type {
  Balance,
  BalanceEvent,
  BalanceLowEvent,
  BalanceTopupEvent,
  Fax,
  FaxDeliveredEvent,
  FaxEvent,
  FaxFailedEvent,
  FaxQueuedEvent,
  FaxSendingEvent,
  MintfaxEvent,
  UnknownEvent,
} from "../events/index.ts";
import type { MaybePromise } from "../maybe-promise.ts";

/**
 * What can be handled, and what the handler is given. A group also gets events whose type this version does not
 * know; that they carry the group's resource is our reading of mintfax's naming.
 */
export interface EventByPattern {
  readonly "fax.queued": FaxQueuedEvent;
  readonly "fax.sending": FaxSendingEvent;
  readonly "fax.delivered": FaxDeliveredEvent;
  readonly "fax.failed": FaxFailedEvent;
  readonly "fax.*": FaxEvent | UnknownEvent<Fax>;
  readonly "balance.low": BalanceLowEvent;
  readonly "balance.topup": BalanceTopupEvent;
  readonly "balance.*": BalanceEvent | UnknownEvent<Balance>;
  readonly "*": MintfaxEvent | UnknownEvent;
}

/** An event type, `fax.*`, `balance.*`, or `*` for every event without a handler of its own. */
export type EventPattern = keyof EventByPattern;

/** What every handler is given beside the event. */
interface BaseContext<Platform> {
  /** `webhook-id`, equal on every attempt: the key that deduplication goes by. */
  readonly id: string;
  /** When mintfax made this attempt, to the second. */
  readonly attemptedAt: Date;
  /** The bytes of the delivery, as mintfax has signed them. */
  readonly body: Uint8Array;
  /** The receiver's option: it keeps receivers apart that share a store. */
  readonly namespace: string;
  /** mintfax's `Request-Id` of this attempt, for support; undefined where it was missing. */
  readonly requestId: string | undefined;
  /**
   * Aborted at the deadline, and when the lease is lost or the transaction has ended; `signal.reason` is a
   * `DeadlineExceededError`, a `LeaseLostError` or a `TransactionEndedError`. Pass it on to `fetch` and database calls.
   */
  readonly signal: AbortSignal;
  /** Grows with every claim of this event. Store it with your effect and refuse a lower one to shut out stale workers. */
  readonly fence: number;
  /** The request, as the framework gives it to handlers: Express `req`, Fastify `request`, Koa `ctx`, Hono `c`, or the `Request`. */
  readonly platform: Platform;
  /**
   * Lets work go on after the answer. The event counts as processed without it: if it fails, nothing is retried.
   * A rejection is reported to `onLateOutcome`; `drain()` waits for it.
   */
  waitUntil(promise: PromiseLike<unknown>): void;
}

/** A handler's second argument. `tx` is there if, and only if, the store runs handlers in its transaction. */
export type HandlerContext<Platform = unknown, Tx = never> = BaseContext<Platform> &
  ([Tx] extends [never] ? unknown : { readonly tx: Tx });

/**
 * Your function for an event. Once it returns (or its promise resolves) the event counts as processed; if it throws
 * (or rejects), mintfax delivers it again.
 */
export type Handler<Event, Context> = (event: Event, context: Context) => MaybePromise<unknown>;
