import type { PostgresPool } from "./pool.ts";

/**
 * The transactions of a library on a pool of `pg`. The store takes the connection, so it can close one that broke and
 * refuse a `tx` that is used too late.
 */
export interface PostgresPoolDatabase<Tx> {
  /** Where the store takes connections from. */
  readonly pool: PostgresPool;
  /**
   * Runs `work` once, in a transaction of the library's on `client`, at READ COMMITTED. Commits when `work` resolves, rolls
   * back when it rejects; rejects where either failed, and where `work` rejected.
   */
  transaction(client: object, work: (tx: Tx) => Promise<void>): PromiseLike<unknown>;
}

/**
 * The transactions of a library that hides its connections. `query` is called the way the library's tagged template for
 * SQL is called.
 */
export interface PostgresOpaqueDatabase<Tx> {
  /** Not for a library that hides its connections. */
  readonly pool?: undefined;
  /**
   * Runs `work` once, in a new transaction at READ COMMITTED (PostgreSQL's default), in which nothing has been written
   * before. Commits when `work` resolves, rolls back when it rejects; rejects where either failed or its outcome is
   * unknown, and where `work` rejected. Afterwards `tx` must refuse every query; the store tests that once. A time limit
   * of the library for transactions has to be longer than your handlers may take.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs one statement in the transaction. Resolves with an array of its rows, each an object. */
  query(tx: Tx, strings: TemplateStringsArray, ...values: string[]): Promise<readonly unknown[]>;
}

/** What a library's transactions look like to the store: the option `database`. */
export type PostgresDatabase<Tx> = PostgresPoolDatabase<Tx> | PostgresOpaqueDatabase<Tx>;
