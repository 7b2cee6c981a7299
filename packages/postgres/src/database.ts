/**
 * The transactions of your database library, where that is not a `Pool` of `pg`. `query` is called as the library's own
 * tagged template for SQL is.
 */
export interface PostgresDatabase<Tx> {
  /**
   * Runs `work` in a transaction of its own, at READ COMMITTED (PostgreSQL's default). Commits when it resolves, rolls
   * back when it rejects; rejects where the commit failed or its outcome is unknown. If the library has a time limit for
   * transactions, let it be longer than your handlers may take.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs one statement in the transaction. Resolves with its rows, as objects. */
  query(tx: Tx, strings: TemplateStringsArray, ...values: string[]): Promise<readonly unknown[]>;
}
