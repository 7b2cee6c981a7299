/**
 * The transactions of a database library that has its connections to itself. `query` is called as the library's own tagged
 * template for SQL is.
 */
export interface PostgresDatabase<Tx> {
  /**
   * Runs `work` once, in a transaction of its own, at READ COMMITTED (PostgreSQL's default), in which nothing has been written
   * before. Commits when it resolves, rolls back when it rejects; rejects where either failed or its outcome is unknown,
   * and where `work` rejected. After that `tx` must refuse everything, which the store tries out once. If the library has a
   * time limit for transactions, let it be longer than your handlers may take.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Runs one statement in the transaction. Resolves with its rows, as objects, and with nothing else. */
  query(tx: Tx, strings: TemplateStringsArray, ...values: string[]): Promise<readonly unknown[]>;
}
