import { onlyRow, rowsFrom } from "./answers.ts";
import type { PostgresClient } from "./pool.ts";

/** What the store has to know about a connection before it uses it. */
export interface Session {
  /** A statement that is prepared by name is still there the next time, since no pooler switches the server's sessions. */
  readonly keepsPrepared: boolean;
  /** A statement outside of BEGIN and COMMIT runs at READ COMMITTED, PostgreSQL's default. */
  readonly isReadCommitted: boolean;
  /** The client says whether the server is in a transaction. */
  readonly tellsTransaction: boolean;
  /** The names of the statements that the server keeps for the connection. */
  readonly prepared: Set<string>;
}

const sessions = new WeakMap<PostgresClient, Session>();

/** For a connection that the store has used before. */
export function knownSession(client: PostgresClient): Session | undefined {
  return sessions.get(client);
}

/** Asks the server, if the store does not know the connection yet. */
export async function sessionOf(client: PostgresClient): Promise<Session> {
  const known = sessions.get(client);
  if (known !== undefined) return known;
  const result = await client.query({
    text: "SELECT pg_backend_pid()::text AS pid, current_setting('default_transaction_isolation') AS isolation",
  });
  const { pid, isolation } = onlyRow(rowsFrom(result?.rows));
  const session = {
    // The server greets each connection with its process id. A pooler greets with a number of its own.
    keepsPrepared: pid === String(client.processID),
    isReadCommitted: isolation === "read committed",
    tellsTransaction: ["I", "T", "E"].includes(String(client.getTransactionStatus?.())),
    prepared: new Set<string>(),
  };
  sessions.set(client, session);
  return session;
}
