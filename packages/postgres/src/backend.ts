import type { PostgresDatabase } from "./database.ts";
import { type PostgresClient, type PostgresPool, withClient } from "./pool.ts";
import type { Row, Statement } from "./statement.ts";

type Args<Hole extends string> = Readonly<Record<Hole, string>>;

/** What runs transactions: a pool of `pg`, or another library. */
export interface Backend<Tx> {
  /**
   * Commits when `work` resolves, rolls back when it rejects.
   *
   * @param signal gives up. A pool's connection is closed then, which ends its transaction; another library cannot be
   *   told, so the caller stops waiting for it and rejects from `work` when its turn comes.
   */
  transaction<T>(signal: AbortSignal, work: (tx: Tx) => Promise<T>): Promise<T>;
  run<Hole extends string>(tx: Tx, statement: Statement<Hole>, args: Args<Hole>): Promise<readonly Row[]>;
}

export function backendOfPool(pool: PostgresPool): Backend<PostgresClient> {
  return {
    async transaction(signal, work) {
      const end = await withClient(pool, signal, async (client) => {
        // Whatever the server's default is: a claim has to see what was committed just before it.
        await client.query({ text: "BEGIN ISOLATION LEVEL READ COMMITTED" });
        try {
          const result = await work(client);
          await client.query({ text: "COMMIT" });
          return () => result;
        } catch (error) {
          return rollBack(client, error);
        }
      });
      return end();
    },
    run: runOnClient,
  };
}

/** After it the connection is as good as new, so only the error goes on. */
async function rollBack(client: PostgresClient, error: unknown): Promise<() => never> {
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

export async function runOnClient<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): Promise<readonly Row[]> {
  const { name, text } = statement;
  const { rows } = await client.query({ name, text, values: statement.numberedValuesOf(args) });
  return rows as readonly Row[];
}

export function backendOfDatabase<Tx>(database: PostgresDatabase<Tx>): Backend<Tx> {
  return {
    transaction: (_signal, work) => database.transaction(work),
    async run(tx, statement, args) {
      return (await database.query(tx, statement.strings, ...statement.valuesOf(args))) as readonly Row[];
    },
  };
}
