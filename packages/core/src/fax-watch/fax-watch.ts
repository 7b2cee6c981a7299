import type { Envelope } from "../events/index.ts";

/** Options of {@link FaxWatch.expect}. */
export interface ExpectOptions {
  /** From then on the fax owes its final event. Default: in one hour. A time in the past is allowed. */
  readonly by?: Date;
  /**
   * Your own transaction, in the database of the watch. The expectation is then committed with what else you write in it. For
   * PostgreSQL: of `pg`, Drizzle, Kysely, Knex or Prisma. Default: a transaction of its own.
   */
  readonly tx?: unknown;
}

/** What {@link FaxWatch.settle} needs of a handler's context. */
export interface SettleContext {
  /** Every handler has it. */
  readonly signal: AbortSignal;
  /** There with a store that runs handlers in its transaction: the fax is then settled in it. */
  readonly tx?: unknown;
}

/** Options of {@link FaxWatch.outstanding}. */
export interface OutstandingOptions {
  /** Only faxes whose `by` lies before it. Default: now, by the database's clock. */
  readonly olderThan?: Date;
}

/** A fax that owes its final event. */
export interface OutstandingFax {
  /** As `expect` was given it. */
  readonly id: string;
  /** When `expect` was called first. */
  readonly since: Date;
  /** Since when it owes the event. */
  readonly by: Date;
}

/** How things stand, in one statement. Times are by the database's clock. */
export interface FaxWatchStatus {
  /** Faxes without a final event, those included whose `by` has not come yet. */
  readonly expected: number;
  /** Faxes whose `by` has passed without a final event. */
  readonly owed: number;
  /** For how many seconds the oldest of these has owed it. 0 where none does. */
  readonly oldestOwedSeconds: number;
  /** How many seconds ago the newest final event was settled. undefined where none is remembered. */
  readonly sinceLastEventSeconds: number | undefined;
}

/**
 * Knows which faxes still owe a final event, `fax.delivered` or `fax.failed`, in a table of your database. A receiver cannot
 * see a delivery that never arrived; this can. It keeps ids and times, and nothing else of a fax.
 *
 * Its methods need no `this`, so they can be passed on as they are.
 */
export interface FaxWatch {
  /** Whose faxes these are: the option `namespace`. */
  readonly namespace: string;
  /**
   * From now on the fax has to have a final event by a time. Call it where you have sent the fax. Expecting it again changes
   * nothing. If its final event has come already, nothing is owed.
   *
   * @param faxId the `id` that mintfax has given the fax
   * @throws {ConfigurationError} for an id or a time that is none
   * @throws {StoreUnavailableError} where the database could not be reached, or has not answered within `timeoutMs`
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right, or a `tx` of another kind
   *
   * @example
   * ```ts
   * await watch.expect(fax.id, { by: new Date(Date.now() + 30 * 60_000) });
   * ```
   */
  expect(faxId: string, options?: ExpectOptions): Promise<void>;
  /**
   * Notes that the fax of this event owes nothing any more, if the event is final; any other event changes nothing. In the
   * transaction of the delivery where the receiver's store has one, otherwise in one of its own: call it last in your handler
   * then. It is a handler by itself, too. An event that comes before `expect` is remembered for `retentionMs`.
   *
   * @throws {StoreUnavailableError} where the database could not be reached: mintfax sends the event again
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right, or a `tx` of another database
   * @throws {ConfigurationError} for a missing context
   *
   * @example
   * ```ts
   * webhooks.on("fax.delivered", async (event, context) => {
   *   await orders.markSent(event.data.object, context.tx);
   *   await watch.settle(event, context);
   * });
   * webhooks.on("fax.*", watch.settle); // all others
   * ```
   */
  settle(event: Envelope<string, unknown>, context: SettleContext): Promise<void>;
  /**
   * A person, or your `onMissing`, has dealt with the fax: it owes nothing any more, although no event has come.
   *
   * @throws {ConfigurationError} for an id that is none
   * @throws {StoreUnavailableError} where the database could not be reached
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right
   *
   * @example
   * ```ts
   * await watch.dismiss("fax_8aZqRm4yT3vK7pNxJ2bH9c");
   * ```
   */
  dismiss(faxId: string): Promise<void>;
  /**
   * The faxes that owe a final event, the longest first. Read in pages, so their number is not limited by memory. It is the
   * option `outstanding` of `createCatchUp()` as it is.
   *
   * @throws {StoreUnavailableError} where the database could not be reached
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right
   *
   * @example
   * ```ts
   * for await (const { id, by } of watch.outstanding()) console.log(id, by);
   * ```
   */
  outstanding(options?: OutstandingOptions): AsyncIterable<OutstandingFax>;
  /**
   * How many faxes owe a final event, for how long, and when the last one came. It survives restarts, and all processes see
   * the same.
   *
   * @throws {StoreUnavailableError} where the database could not be reached
   * @throws {StoreMisconfiguredError} for a missing table, schema, database, role or right
   *
   * @example
   * ```ts
   * const { owed, oldestOwedSeconds } = await watch.status();
   * ```
   */
  status(): Promise<FaxWatchStatus>;
}
