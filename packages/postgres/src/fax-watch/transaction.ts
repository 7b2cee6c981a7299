import { postgresQueryIn, StoreMisconfiguredError } from "@mintfax-webhooks/core/store";
import type { Statement } from "../statement.ts";

/**
 * Runs a statement in a transaction that the caller has begun.
 *
 * @throws {StoreMisconfiguredError} for a transaction of another kind: outside of it, a fax would count as settled although the
 * handler's work was rolled back
 */
export async function runInTransaction<Hole extends string>(
  tx: unknown,
  statement: Statement<Hole>,
  args: Readonly<Record<Hole, string>>,
): Promise<unknown> {
  const query = postgresQueryIn(tx);
  if (query !== undefined) return query(statement.text, statement.numberedValuesOf(args));
  throw new StoreMisconfiguredError(
    "The fax watch cannot use the transaction that it was given as `tx`: expected one of pg, Drizzle, Kysely, Knex or Prisma. Take " +
      "the fax watch of the package that the receiver's store is from.",
  );
}
