import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import { rowsFrom } from "./answers.ts";
import { BEGIN, rolledBackAtCommit, runOnClient } from "./backend.ts";
import type { PostgresClient } from "./pool.ts";
import { knownSession } from "./session.ts";
import type { Row, Statement } from "./statement.ts";

type Args<Hole extends string> = Readonly<Record<Hole, string>>;

/** Runs `BEGIN` and the statement, in one round trip where the connection has been used before. */
export async function runAfterBegin<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): Promise<readonly Row[]> {
  const text = textFor(client, statement, args);
  if (text === undefined) {
    await client.query(BEGIN);
    return runAndPrepare(client, statement, args);
  }
  const [, result] = await query(client, BEGIN.text, text);
  return rowsFrom(result.rows);
}

/**
 * Runs the statement and `COMMIT`, in one round trip where the connection has been used before.
 *
 * @param statement fails where the transaction must not be committed: PostgreSQL then reads no further
 */
export async function runBeforeCommit<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): Promise<void> {
  const text = textFor(client, statement, args);
  if (text === undefined) await runAndPrepare(client, statement, args);
  const { command } =
    text === undefined ? await client.query(COMMIT) : (await query(client, text, COMMIT.text))[1];
  if (command === "ROLLBACK") throw rolledBackAtCommit();
}

const COMMIT = { text: "COMMIT" };

async function runAndPrepare<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): Promise<readonly Row[]> {
  const rows = await runOnClient(client, statement, args);
  knownSession(client)?.prepared.add(statement.name);
  return rows;
}

/**
 * The statement without parameters, which PostgreSQL does not take in a message of several statements. Undefined where the
 * connection should prepare it first.
 */
function textFor<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Args<Hole>,
): string | undefined {
  const session = knownSession(client);
  if (session === undefined) return undefined;
  if (!session.keepsPrepared) return statement.textWith(args);
  return session.prepared.has(statement.name) ? statement.executionWith(args) : undefined;
}

type Result = Awaited<ReturnType<PostgresClient["query"]>>;

async function query(client: PostgresClient, first: string, second: string): Promise<[Result, Result]> {
  const results: unknown = await client.query(`${first};\n${second}`);
  if (Array.isArray(results) && results.length === 2) return results as [Result, Result];
  throw new StoreMisconfiguredError(
    "The pool's client answered a message of two statements with something else than two results; expected an array of them, " +
      "as `pg` gives it. Pass a Pool of `pg`, and let nothing that wraps it change results.",
  );
}
