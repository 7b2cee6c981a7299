import type { PostgresPoolDatabase } from "../database.ts";
import type { PostgresClient, PostgresPool } from "../pool.ts";

/** What this package needs of an instance of `knex` with the client `pg`. */
export interface KnexLike<Tx> {
  /** Runs `work` in a transaction on `connection`. */
  transaction(
    work: (tx: Tx) => Promise<void>,
    config: { readonly isolationLevel: "read committed"; readonly connection: object },
  ): PromiseLike<unknown>;
  /** Knex's own client, which has the pool. */
  readonly client: {
    /** Takes a connection out of the pool. */
    acquireConnection(): Promise<unknown>;
    /** Puts it back. */
    releaseConnection(connection: unknown): Promise<unknown>;
    /** Closes it. */
    destroyRawConnection(connection: unknown): Promise<unknown>;
  };
}

/** A connection as Knex has it: a `Client` of `pg`, with no `release` of its own. */
type KnexConnection = Omit<PostgresClient, "release">;

/**
 * Knex's transactions for `createPostgresTransactionalStore`, on connections of Knex's pool: a handler's `tx` is Knex's
 * `Transaction`. `commit()` and `rollback()` of it are refused, since the store ends the transaction.
 *
 * @param knex your instance, with the client `pg`
 *
 * @example
 * ```ts
 * const store = createPostgresTransactionalStore({ database: knexDatabase(knex) });
 * ```
 */
export function knexDatabase<Tx>(knex: KnexLike<Tx>): PostgresPoolDatabase<Tx> {
  return {
    pool: poolOf(knex),
    transaction: (connection, work) =>
      knex.transaction(work, { isolationLevel: "read committed", connection }),
  };
}

function poolOf({ client }: KnexLike<unknown>): PostgresPool {
  /** The store knows a connection that it has used before by its object, so each connection keeps one. */
  const clients = new WeakMap<KnexConnection, PostgresClient>();
  const clientOf = (connection: KnexConnection): PostgresClient => {
    const known = clients.get(connection) ?? clientOn(connection);
    clients.set(connection, known);
    return known;
  };

  const clientOn = (connection: KnexConnection): PostgresClient => ({
    get processID() {
      return connection.processID ?? null;
    },
    getTransactionStatus: () => connection.getTransactionStatus?.() ?? null,
    query: (...args) => connection.query(...args),
    on: (event, listener) => connection.on(event, listener),
    off: (event, listener) => connection.off(event, listener),
    release(error) {
      const giveBack = (): void => void client.releaseConnection(connection);
      if (error === undefined) return giveBack();
      // Knex's pool drops a connection only if Knex has heard that it ended.
      client.destroyRawConnection(connection).then(giveBack, giveBack);
    },
  });

  return {
    connect(callback?: (error: Error | undefined, client: PostgresClient | undefined) => void) {
      const acquired = client.acquireConnection().then((found) => clientOf(found as KnexConnection));
      if (callback === undefined) return acquired;
      acquired.then(
        (found) => callback(undefined, found),
        (error) => callback(error, undefined),
      );
      return undefined as never;
    },
  };
}
