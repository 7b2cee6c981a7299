import { StoreMisconfiguredError, TransactionRefusedError } from "@mintfax-webhooks/core/store";
import { rowsFrom } from "./answers.ts";
import type { PostgresOpaqueDatabase } from "./database.ts";
import { requireFreshOrEndSession } from "./fresh.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import { knownSession, sessionOf } from "./session.ts";
import type { Row, Statement } from "./statement.ts";

type Args<Hole extends string> = Readonly<Record<Hole, string>>;

/** Runs transactions: a pool of `pg`, or a library. */
export interface Backend<Tx> {
  /**
   * Commits when `work` resolves. Rolls back when it rejects. A {@link RollBack} leaves a pool's connection usable. After any
   * other error the connection is closed, since its state is unknown.
   *
   * @param signal gives up. A pool's connection is closed then, which ends its transaction. Another library cannot be told,
   *   so the caller stops waiting for it and rejects from `work` when its turn comes.
   */
  transaction<T>(signal: AbortSignal, work: (tx: Tx) => Promise<T>): Promise<T>;
  run<Hole extends string>(tx: Tx, statement: Statement<Hole>, args: Args<Hole>): Promise<readonly Row[]>;
}

/** Rolls a transaction back although nothing is wrong with its connection. */
export class RollBack<Ending = unknown> extends Error {
  readonly ending: Ending;

  constructor(ending: Ending) {
    super(`mintfax-webhooks: rolled back (${ending})`);
    this.ending = ending;
  }
}

/**
 * READ COMMITTED, regardless of the server's default: a claim has to see what was committed just before it. NOT DEFERRABLE is
 * the default; it is here because PostgreSQL refuses it after the first query of a transaction. So BEGIN fails where a
 * library has left a transaction open on the connection, instead of joining it.
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

/** The connection is usable afterwards, so the error is thrown only once it was given back. */
export async function rollBack(client: PostgresClient, error: RollBack): Promise<() => never> {
  try {
    await client.query({ text: "ROLLBACK" });
  } catch {
    // The server rolls back when the connection ends. The first error says more than that of ROLLBACK.
    throw error;
  }
  return () => {
    throw error;
  };
}

/** After a failed statement PostgreSQL answers COMMIT with the tag ROLLBACK, and with no error. */
export function rolledBackAtCommit(): TransactionRefusedError {
  return new TransactionRefusedError(
    "PostgreSQL answered COMMIT with ROLLBACK, because a statement in the handler's transaction had failed. Await every " +
      "statement, and put one that may fail into a savepoint.",
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
      // Kept here, because libraries differ in what they resolve with.
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
    "`transaction` of the option `database` resolved before its work had succeeded; expected it to run the work once, to " +
      "wait for it, and to reject when it rejects.",
  );
}
