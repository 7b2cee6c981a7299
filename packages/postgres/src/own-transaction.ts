import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { BEGIN, runOnClient } from "./backend.ts";
import type { PostgresClient } from "./pool.ts";
import { knownSession, type Session, sessionOf } from "./session.ts";
import type { Row, Statement } from "./statement.ts";

/**
 * Runs one statement as a transaction at READ COMMITTED, regardless of the role's default: at a higher level, two statements
 * that meet on a row end in a serialization failure.
 */
export function runInOwnTransaction<Hole extends string>(
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
): Promise<readonly Row[]> {
  const session = knownSession(client);
  return session === undefined
    ? sessionOf(client).then((asked) => runIn(asked, client, statement, args))
    : runIn(session, client, statement, args);
}

async function runIn<Hole extends string>(
  session: Session,
  client: PostgresClient,
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
): Promise<readonly Row[]> {
  if (session.isReadCommitted && session.tellsTransaction) {
    const rows = await runOnClient(client, statement, args);
    requireCommitted(client);
    return rows;
  }
  // Fails in a transaction that was left open.
  await client.query(BEGIN);
  const rows = await runOnClient(client, statement, args);
  await client.query({ text: "COMMIT" });
  return rows;
}

/**
 * A library may return its connection to the pool inside a transaction, as after a ROLLBACK that it gave up on. What the
 * store wrote there is never committed.
 *
 * @throws {StoreUnavailableError} so that the connection, and with it that transaction, is closed
 */
function requireCommitted(client: PostgresClient): void {
  if (client.getTransactionStatus?.() === "I") return;
  throw new StoreUnavailableError(
    "A library returned a connection to the pool inside a transaction, so PostgreSQL did not commit the store's statement. " +
      "The store closes that connection.",
  );
}
