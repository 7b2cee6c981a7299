import { StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { MysqlConnection } from "../pool.ts";

/**
 * A connection of `mysql2/promise` on which the caller has begun a transaction, or a handler's `tx`.
 *
 * @throws {StoreMisconfiguredError} for a transaction of another kind: outside of it, a fax would count as settled although the
 * handler's work was rolled back
 */
export function connectionFrom(tx: unknown): Pick<MysqlConnection, "query"> {
  const { query, execute, promise, getConnection } = Object(tx) as Readonly<Record<string, unknown>>;
  const isPool = typeof getConnection === "function";
  if (
    typeof query === "function" &&
    typeof execute === "function" &&
    typeof promise !== "function" &&
    !isPool
  ) {
    return tx as Pick<MysqlConnection, "query">;
  }
  throw new StoreMisconfiguredError(
    "The fax watch cannot use the transaction that it was given as `tx`: expected a connection of mysql2/promise. Of a connection of " +
      "mysql2, pass connection.promise(). Take the fax watch of the package that the receiver's store is from.",
  );
}
