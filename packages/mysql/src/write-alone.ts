import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import { type Written, write } from "./answers.ts";
import { leftOpen } from "./fresh.ts";
import type { MysqlConnection } from "./pool.ts";

/**
 * Runs a statement without rows that has to be a transaction of its own.
 *
 * @throws where it was not: the connection is closed then, and MySQL rolls back
 */
export async function writeAlone(connection: MysqlConnection, sql: string): Promise<Written> {
  const written = await write(connection, sql);
  if (!written.isInTransaction) return written;
  if (written.isAutocommit) throw leftOpen();
  throw new StoreMisconfiguredError(
    "The pool's connections have autocommit switched off, so MySQL did not commit the store's statement. Remove `SET autocommit = 0` " +
      "from the pool's set-up and from the server's init_connect, or give the store a pool of its own.",
  );
}
