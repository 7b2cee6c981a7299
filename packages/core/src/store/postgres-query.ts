/** Runs one statement with parameters `$1`, `$2` and so on. Resolves with what should be rows as objects; check it. */
export type PostgresQuery = (text: string, values: readonly unknown[]) => Promise<unknown>;

/**
 * Statements in a transaction of PostgreSQL that a user or a store has begun: of `pg`, Drizzle, Kysely, Knex or Prisma.
 *
 * @param tx what the library gives to the work in its transaction: `PoolClient` of `pg`, `tx` of Drizzle, Kysely and Prisma,
 * `trx` of Knex
 * @returns undefined for a transaction of another kind
 *
 * @example
 * ```ts
 * const query = postgresQueryIn(context.tx);
 * await query?.("INSERT INTO audit (id) VALUES ($1)", [id]);
 * ```
 */
export function postgresQueryIn(tx: unknown): PostgresQuery | undefined {
  if (isCallable(tx, "$queryRawUnsafe")) return queryInPrisma(tx as unknown as PrismaTransaction);
  if (isCallable(tx, "executeQuery")) return queryInKysely(tx as unknown as KyselyTransaction);
  if (isCallable(tx, "execute") && "dialect" in tx) {
    return queryInDrizzle(tx as unknown as DrizzleTransaction);
  }
  if (isCallable(tx, "raw")) return queryInKnex(tx as unknown as KnexTransaction);
  if (isCallable(tx, "query")) return queryInPg(tx as unknown as PgTransaction);
  return undefined;
}

interface PgTransaction {
  query(text: string, values: unknown[]): PromiseLike<{ readonly rows: unknown } | undefined>;
}

function queryInPg(tx: PgTransaction): PostgresQuery {
  return async (text, values) => (await tx.query(text, [...values]))?.rows;
}

interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: unknown[]): PromiseLike<unknown>;
}

function queryInPrisma(tx: PrismaTransaction): PostgresQuery {
  return async (text, values) => tx.$queryRawUnsafe(text, ...values);
}

interface KyselyTransaction {
  executeQuery(query: object): PromiseLike<{ readonly rows: unknown } | undefined>;
}

/** What `CompiledQuery.raw` of Kysely makes. */
function queryInKysely(tx: KyselyTransaction): PostgresQuery {
  return async (sql, values) => {
    const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] };
    const queryId = { queryId: crypto.randomUUID() };
    return (await tx.executeQuery({ query, queryId, sql, parameters: [...values] }))?.rows;
  };
}

interface DrizzleTransaction {
  execute(query: object): PromiseLike<{ readonly rows: unknown } | undefined>;
}

/** What Drizzle's template `sql` makes, as far as `execute` uses it. */
function queryInDrizzle(tx: DrizzleTransaction): PostgresQuery {
  return async (sql, values) => {
    const query = { toQuery: () => ({ sql, params: [...values] }), getSQL: () => query };
    return (await tx.execute(query))?.rows;
  };
}

interface KnexTransaction {
  raw(text: string, values: unknown[]): PromiseLike<{ readonly rows: unknown } | undefined>;
}

/** Knex has `?` for a parameter. */
function queryInKnex(tx: KnexTransaction): PostgresQuery {
  return async (text, values) => {
    const ordered: unknown[] = [];
    const knexText = text.replaceAll("?", "\\?").replaceAll(/\$(\d+)/g, (_, number) => {
      ordered.push(values[Number(number) - 1]);
      return "?";
    });
    return (await tx.raw(knexText, ordered))?.rows;
  };
}

function isCallable(value: unknown, method: string): value is object {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as Readonly<Record<string, unknown>>)[method] === "function"
  );
}
