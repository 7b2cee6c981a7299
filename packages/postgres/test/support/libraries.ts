import {
  createPostgresTransactionalStore,
  type PostgresStoreOptions,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { PrismaPg } from "@prisma/adapter-pg";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";
import { type Generated, Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import { Pool, type PoolClient, type PoolConfig } from "pg";
import { type Prisma, PrismaClient } from "./prisma/generated/client.js";

/** A transactional store on one library, with a write into `effects` as a handler makes it with that library. */
export interface Library<Tx> {
  readonly store: PostgresTransactionalStore<Tx>;
  write(tx: Tx, text: string): Promise<unknown>;
  /** Runs a query in the transaction that answers with one text, as `value`. */
  read(tx: Tx, query: string): Promise<string>;
  /** Makes a statement of the handler fail. */
  fail(tx: Tx): Promise<unknown>;
  /** What the library has its connections from. */
  readonly pool: Pool;
  close(): Promise<unknown>;
}

/** @param schema where `effects` is */
export type OpenLibrary<Tx> = (
  url: string,
  schema: string,
  options: PostgresStoreOptions,
  config?: PoolConfig,
) => Library<Tx>;

function poolOf(url: string, schema: string, config: PoolConfig = {}): Pool {
  const options = `-c search_path=${schema} ${config.options ?? ""}`;
  const pool = new Pool({ connectionString: url, max: 10, ...config, options });
  // Prisma does not listen to a connection at work that breaks.
  return pool.on("error", () => {}).on("connect", (client) => client.on("error", () => {}));
}

const pg: OpenLibrary<PoolClient> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  return {
    store: createPostgresTransactionalStore({ ...options, pool }),
    write: (tx, value) => tx.query("INSERT INTO effects (text) VALUES ($1)", [value]),
    read: async (tx, query) => (await tx.query(query)).rows[0].value,
    fail: (tx) => tx.query("SELECT 1 / 0"),
    pool,
    close: () => pool.end(),
  };
};

const effects = pgTable("effects", { text: text().notNull() });
type DrizzleTransaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

const drizzleOrm: OpenLibrary<DrizzleTransaction> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const store = createPostgresTransactionalStore({
    ...options,
    pool,
    transaction: (client: PoolClient, work: (tx: DrizzleTransaction) => Promise<void>) =>
      drizzle(client).transaction(work),
  });
  return {
    store,
    write: (tx, value) => tx.insert(effects).values({ text: value }),
    read: async (tx, query) => String((await tx.execute(query)).rows[0]?.value),
    fail: (tx) => tx.execute(drizzleSql`SELECT 1 / 0`),
    pool,
    close: () => pool.end(),
  };
};

interface Tables {
  readonly effects: { readonly id: Generated<number>; readonly text: string };
}

const kyselyOn = (client: PoolClient): Kysely<Tables> =>
  new Kysely({
    dialect: new PostgresDialect({ pool: { connect: async () => client, end: async () => {}, options: {} } }),
  });

const kysely: OpenLibrary<Transaction<Tables>> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const store = createPostgresTransactionalStore({
    ...options,
    pool,
    transaction: (client: PoolClient, work: (tx: Transaction<Tables>) => Promise<void>) =>
      kyselyOn(client).transaction().execute(work),
  });
  return {
    store,
    write: (tx, value) => tx.insertInto("effects").values({ text: value }).execute(),
    read: async (tx, query) => (await sql.raw<{ value: string }>(query).execute(tx)).rows[0]?.value ?? "",
    fail: (tx) => sql`SELECT 1 / 0`.execute(tx),
    pool,
    close: () => pool.end(),
  };
};

/** In earnest a minute: it is what frees the connection of a handler that hangs. */
export const PRISMA_TIMEOUT_MS = 10_000;

const prisma: OpenLibrary<Prisma.TransactionClient> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, schema });
  const client = new PrismaClient({ adapter });
  const store = createPostgresTransactionalStore<Prisma.TransactionClient>({
    ...options,
    database: {
      // Its own limits are 2 s for a connection and 5 s for the transaction.
      transaction: (work) => client.$transaction(work, { maxWait: 5_000, timeout: PRISMA_TIMEOUT_MS }),
      query: (tx, strings, ...values) => tx.$queryRaw<unknown[]>(strings, ...values),
    },
  });
  return {
    store,
    write: (tx, value) => tx.effect.create({ data: { text: value } }),
    read: async (tx, query) => (await tx.$queryRawUnsafe<{ value: string }[]>(query))[0]?.value ?? "",
    fail: (tx) => tx.$queryRaw`SELECT 1 / 0`,
    pool,
    close: () => client.$disconnect(),
  };
};

export const LIBRARIES: Readonly<Record<string, OpenLibrary<unknown>>> = {
  pg: pg as OpenLibrary<never>,
  "drizzle-orm": drizzleOrm as OpenLibrary<never>,
  kysely: kysely as OpenLibrary<never>,
  prisma: prisma as OpenLibrary<never>,
};
