import { postgresQueryIn } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError } from "../errors.ts";

/** A row of an answer, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** Runs one statement with parameters `$1`, `$2` and so on, and resolves with its rows. */
export type Query = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** What these engines need of a `Pool` or a connected `Client` of `pg`. */
export interface PostgresLike {
  /** Runs one statement. */
  query(text: string, values: unknown[]): PromiseLike<{ readonly rows: unknown[] }>;
}

export function queryOn(client: PostgresLike): Query {
  return async (text, values) => rowsFrom((await client.query(text, [...values]))?.rows);
}

/**
 * Statements in the transaction of a receiver's store, as `createPostgresTransactionalStore` gives it.
 *
 * @throws {QueueMisconfiguredError} for a transaction of another kind: a message stored outside of it could be there twice
 */
export function queryIn(tx: unknown): Query {
  const query = postgresQueryIn(tx);
  if (query !== undefined) return async (text, values) => rowsFrom(await query(text, values));
  throw new QueueMisconfiguredError(
    "The queue cannot store a message in the transaction that the receiver's store gives as `tx`: expected one of pg, Drizzle, " +
      "Kysely, Knex or Prisma. Give the receiver createPostgresTransactionalStore() or a lease store.",
  );
}

function rowsFrom(rows: unknown): readonly Row[] {
  if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) return rows;
  throw new QueueMisconfiguredError(
    "The database answered a statement of the queue with something else than rows as objects, as a `Pool` of pg does.",
  );
}
