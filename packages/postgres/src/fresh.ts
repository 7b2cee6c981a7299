import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { onlyRow } from "./answers.ts";
import { type Row, Statement } from "./statement.ts";

type Run = (statement: Statement) => Promise<readonly Row[]>;

const LOOK = new Statement(`
  SELECT CASE
    WHEN pg_current_xact_id_if_assigned() IS NOT NULL THEN 'used'
    WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only'
    ELSE 'fresh' END AS state`);

const WHY: Readonly<Record<string, string>> = {
  used: "Something was written in the store's transaction before the claim: a library has left a transaction open on the connection, or `transaction` writes by itself. Nothing of it is committed.",
  "read-only":
    "The connection is to a server that is read-only, as an old primary is after a failover. The store leaves it.",
};

/**
 * What a library calls a new transaction may be one that it has left open: after a ROLLBACK that was given up on, the
 * connection goes back to the pool all the same, and BEGIN only warns.
 *
 * @throws {StoreUnavailableError} where it is not new, or cannot write
 */
export async function requireFresh(run: Run): Promise<void> {
  const { state } = onlyRow(await run(LOOK));
  if (state !== "fresh")
    throw new StoreUnavailableError(WHY[String(state)] ?? "The transaction is not known to be new.");
}

const END_SESSION = new Statement("SELECT pg_terminate_backend(pg_backend_pid()) IS NULL AS ended");

/** The same where only the server can close the connection: the library would use it again. */
export async function requireFreshOrEndSession(run: Run): Promise<void> {
  try {
    await requireFresh(run);
  } catch (error) {
    await run(END_SESSION).catch(() => {});
    throw error;
  }
}
