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
  used: "The store's transaction had written something before the claim: a library has left a transaction open on the connection, or `transaction` of the option `database` writes. The store does not commit it.",
  "read-only":
    "The connection leads to a server that is read-only, as an old primary is after a failover. The store closes the connection.",
};

async function requireFresh(run: Run): Promise<void> {
  const { state } = onlyRow(await run(LOOK));
  if (state !== "fresh") throw notFresh(state);
}

/**
 * The error for what a transaction is instead of new. A library may have left it open: when it gives up on a ROLLBACK, it
 * still returns the connection to the pool, and the next BEGIN only warns.
 */
export function notFresh(state: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    WHY[String(state)] ?? "PostgreSQL did not say whether the transaction is new.",
  );
}

const END_SESSION = new Statement("SELECT pg_terminate_backend(pg_backend_pid()) IS NULL AS ended");

/**
 * For a library that would use the connection again: the server ends its session.
 *
 * @throws {StoreUnavailableError} where the transaction is not new, or cannot write
 */
export async function requireFreshOrEndSession(run: Run): Promise<void> {
  try {
    await requireFresh(run);
  } catch (error) {
    await run(END_SESSION).catch(() => {});
    throw error;
  }
}
