import type { MaybePromise } from "@mintfax-webhooks/core/store";

/** A statement, and the values of its placeholders. */
export interface Call {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  /** Only of interest where the call before it has returned no row. */
  readonly unlessAnswered?: boolean;
}

/** As a driver returned it; checked where it is read. */
export type Row = Readonly<Record<string, unknown>>;

/** A connection to a database, the same for all drivers. */
export interface Connection {
  /** Whether it answers with promises, which may hang. */
  readonly answersLater: boolean;
  /** Whether the database is not a file of this machine. */
  readonly isServer: boolean;
  /** Sets up what is missing: the journal, the table. Can be repeated. */
  prepare(): MaybePromise<void>;
  /** Runs the calls in one transaction that writes, and returns the rows of each. */
  transact(calls: readonly Call[]): MaybePromise<readonly (readonly Row[])[]>;
  /** Runs a call that only reads, without the write lock. */
  read(call: Call): MaybePromise<readonly Row[]>;
  /** Closes what the store has opened itself. */
  close?(): void;
}
