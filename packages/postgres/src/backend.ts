import { StoreMisconfiguredError, TransactionRefusedError } from "@mintfax-webhooks/core/store";
import { rowsFrom } from "./answers.ts";
import type { PostgresOpaqueDatabase } from "./database.ts";
import { requireFreshOrEndSession } from "./fresh.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { knownSession, sessionOf } from "./session.ts";
import type { Row, Statement } from "./statement.ts";

type Args<Hole extends string> = Readonly<Record<Hole, string>>;

/** What runs transactions: a pool of `pg`, or another library. */
export interface Backend<Tx> {
  /**
   * Commits when `work` resolves. Rolls back when it rejects: with a {@link RollBack} in good order, else because something
   * of ours has failed, and then a pool's connection is closed. What else is wrong with it cannot be known.
   *
   * @param signal gives up. A pool's connection is closed then, which ends its transaction; another library cannot be
   *   told, so the caller stops waiting for it and rejects from `work` when its turn comes.
   */
  transaction<T>(signal: AbortSignal, work: (tx: Tx) => Promise<T>): Promise<T>;
  run<Hole extends string>(tx: Tx, statement: Statement<Hole>, args: Args<Hole>): Promise<readonly Row[]>;
}

/** A transaction is to be rolled back although nothing is wrong with its connection. */
export class RollBack<Ending = unknown> extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`mintfax-webhooks: rolled back (${ending})`);
    this.ending = ending;
  }
}

/**
 * READ COMMITTED, also where the server's default is another: a claim has to see what was committed just before it. NOT DEFERRABLE
 * is the default, and PostgreSQL refuses to be told so once there was a query: in a transaction that a library left open on
 * this connection, which BEGIN alone would join.
 */
export const BEGIN = { text: "BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE" };

export function backendOfPool(pool: PostgresPool): Backend<PostgresClient> {
  return {
    async transaction(signal, work) {
      const end = await withClient(pool, signal, async (client) => {
        await client.query(BEGIN);
        try {
          const result = await work(client);
          const { command } = await client.query({ text: "COMMIT" });
          if (command === "ROLLBACK") throw rolledBackAtCommit();
          return () => result;
        } catch (error) {
          if (error instanceof RollBack) return rollBack(client, error);
          throw error;
        }
      });
      return end();
    },
    run: runOnClient,
  };
}

/** After it the connection is as good as new, so only the error goes on. */
async function rollBack(client: PostgresClient, error: RollBack): Promise<() => never> {
  try {
    await client.query({ text: "ROLLBACK" });
  } catch {
    // The server rolls back when the connection ends. The first error says more than this one.
    throw error;
  }
  return () => {
    throw error;
  };
}

/** A failed statement has made PostgreSQL give the transaction up, and COMMIT says so in its tag alone. */
export function rolledBackAtCommit(): TransactionRefusedError {
  return new TransactionRefusedError(
    "PostgreSQL has rolled back at COMMIT: a statement in the handler's transaction had failed.",
  );
}

export async function runOnClient<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): Promise<readonly Row[]> {
  const { keepsPrepared } = knownSession(client) ?? (await sessionOf(client));
  const { name, text } = statement;
  const values = statement.numberedValuesOf(args);
  const result = await client.query(keepsPrepared ? { name, text, values } : { text, values });
  return rowsFrom(result?.rows);
}

export function backendOfDatabase<Tx>(database: PostgresOpaqueDatabase<Tx>): Backend<Tx> {
  const runOnDatabase: Backend<Tx>["run"] = async (tx, statement, args) =>
    rowsFrom(await database.query(tx, statement.strings, ...statement.valuesOf(args)));
  return {
    async transaction<T>(_signal: AbortSignal, work: (tx: Tx) => Promise<T>) {
      // Kept here: libraries differ in what they resolve with.
      let result: { readonly value: T } | undefined;
      await database.transaction(async (tx) => {
        await requireFreshOrEndSession((statement) => runOnDatabase(tx, statement, {}));
        result = { value: await work(tx) };
      });
      if (result === undefined) throw transactionIgnored();
      return result.value;
    },
    run: runOnDatabase,
  };
}

export function transactionIgnored(): StoreMisconfiguredError {
  return new StoreMisconfiguredError(
    "`transaction` resolved although its work had not run to a good end; expected it to run the work once, to wait for " +
      "it, and to reject when it rejects.",
  );
}
