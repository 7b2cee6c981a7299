import type { TransactionalStore } from "@mintfax-webhooks/core";
import type { MaybePromise } from "@mintfax-webhooks/core/store";
import type { OpenOptions } from "./suite.ts";

/** A store under test, and a table of texts in the same database. */
export interface OpenedTransactionalStore<Tx> {
  readonly store: TransactionalStore<Tx>;
  /** Adds a row to the table, as a handler would: through its transaction. */
  write(tx: Tx, text: string): MaybePromise<unknown>;
  /** The rows that other connections can see, in any order. */
  written(): MaybePromise<readonly string[]>;
  /** Releases the store's connections, tables and folders. */
  close(): MaybePromise<unknown>;
}

/** Options of {@link transactionalStoreSuite}. */
export interface TransactionalStoreSuiteOptions<Tx, Opened extends OpenedTransactionalStore<Tx>> {
  /** The beginning of each case's name. */
  readonly name: string;
  /** Opens a store without any ids, with an empty table. Throws or rejects where the store refuses an option. */
  open(options: OpenOptions): MaybePromise<Opened>;
  /** As in {@link LeaseStoreSuiteOptions}: for retention alone, which is skipped without it. */
  readonly elapse?: (ms: number, opened: Opened) => MaybePromise<unknown>;
  /** As in {@link LeaseStoreSuiteOptions}. */
  readonly unavailable?: Readonly<Record<string, () => MaybePromise<OpenedTransactionalStore<Tx>>>>;
  /**
   * Leaves a transaction open, with the text written in it, on the connection that the store gets next, as a library does
   * whose ROLLBACK timed out. Leave it out where the store alone uses its connections.
   */
  readonly leaveOpen?: (text: string, opened: Opened) => MaybePromise<unknown>;
  /**
   * Ends the connection of a transaction, as an administrator, a failover or an idle limit does. Leave it out where that
   * cannot happen.
   */
  readonly breakOff?: (tx: Tx, opened: Opened) => MaybePromise<unknown>;
  /**
   * The database lets one transaction write at a time, so that other events are `pending` meanwhile. Default false:
   * an event at work must not delay another one.
   */
  readonly oneWriter?: boolean;
}
