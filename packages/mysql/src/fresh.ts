import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { write } from "./answers.ts";
import { isInTransaction } from "./errors.ts";
import type { MysqlConnection } from "./pool.ts";

/**
 * Sets the isolation of the next transaction, which MySQL refuses inside one. START TRANSACTION would commit what a library
 * has left open, and a read would see what was so when that began.
 *
 * @throws {StoreUnavailableError} where a transaction is open: the connection is closed then, and MySQL rolls back
 */
export async function requireFresh(
  connection: MysqlConnection,
  isolation: "READ COMMITTED" | "READ UNCOMMITTED" = "READ COMMITTED",
): Promise<void> {
  try {
    await write(connection, `SET TRANSACTION ISOLATION LEVEL ${isolation}`);
  } catch (error) {
    throw isInTransaction(error) ? leftOpen(error) : error;
  }
}

/** The store never commits what others have begun. */
export function leftOpen(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    "A library returned a connection to the pool inside a transaction. The store closes that connection, and MySQL rolls back.",
    { cause },
  );
}
