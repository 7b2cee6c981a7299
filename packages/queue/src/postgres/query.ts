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
 * Statements in the transaction of a receiver's store: of `pg`, Drizzle, Kysely, Knex or Prisma, as
 * `createPostgresTransactionalStore` gives it.
 *
 * @throws {QueueMisconfiguredError} for a transaction of another kind: a message stored outside of it could be there twice
 */
export function queryIn(tx: unknown): Query {
  if (isCallable(tx, "$queryRawUnsafe")) return queryInPrisma(tx as unknown as PrismaTransaction);
  if (isCallable(tx, "executeQuery")) return queryInKysely(tx as unknown as KyselyTransaction);
  if (isCallable(tx, "execute") && "dialect" in tx) {
    return queryInDrizzle(tx as unknown as DrizzleTransaction);
  }
  if (isCallable(tx, "raw")) return queryInKnex(tx as unknown as KnexTransaction);
  if (isCallable(tx, "query")) return queryOn(tx as unknown as PostgresLike);
  throw new QueueMisconfiguredError(
    "The queue cannot store a message in the transaction that the receiver's store gives as `tx`: expected one of pg, Drizzle, " +
      "Kysely, Knex or Prisma. Give the receiver createPostgresTransactionalStore() or a lease store.",
  );
}

interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): PromiseLike<unknown>;
}

function queryInPrisma(tx: PrismaTransaction): Query {
  return async (text, values) => rowsFrom(await tx.$queryRawUnsafe(text, ...values));
}

interface KyselyTransaction {
  executeQuery(query: object): PromiseLike<{ readonly rows: unknown }>;
}

/** What `CompiledQuery.raw` of Kysely makes. */
function queryInKysely(tx: KyselyTransaction): Query {
  return async (sql, values) => {
    const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] };
    const queryId = { queryId: crypto.randomUUID() };
    return rowsFrom((await tx.executeQuery({ query, queryId, sql, parameters: [...values] }))?.rows);
  };
}

interface DrizzleTransaction {
  execute(query: object): PromiseLike<{ readonly rows: unknown }>;
}

/** What Drizzle's template `sql` makes, as far as `execute` uses it. */
function queryInDrizzle(tx: DrizzleTransaction): Query {
  return async (sql, values) => {
    const query = { toQuery: () => ({ sql, params: [...values] }), getSQL: () => query };
    return rowsFrom((await tx.execute(query))?.rows);
  };
}

interface KnexTransaction {
  raw(text: string, values: unknown[]): PromiseLike<{ readonly rows: unknown }>;
}

/** Knex has `?` for a parameter. */
function queryInKnex(tx: KnexTransaction): Query {
  return async (text, values) => {
    const ordered: unknown[] = [];
    const knexText = text.replaceAll("?", "\\?").replaceAll(/\$(\d+)/g, (_, number) => {
      ordered.push(values[Number(number) - 1]);
      return "?";
    });
    return rowsFrom((await tx.raw(knexText, ordered))?.rows);
  };
}

function isCallable(value: unknown, method: string): value is object {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as Row)[method] === "function"
  );
}

function rowsFrom(rows: unknown): readonly Row[] {
  if (Array.isArray(rows) && rows.every((row) => typeof row === "object" && row !== null)) return rows;
  throw new QueueMisconfiguredError(
    "The database answered a statement of the queue with something else than rows as objects, as a `Pool` of pg does.",
  );
}
