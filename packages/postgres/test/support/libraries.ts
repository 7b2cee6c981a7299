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
import { Pool, type PoolClient } from "pg";
import { type Prisma, PrismaClient } from "./prisma/generated/client.js";

/** A transactional store on one library, with a write into `effects` as a handler makes it with that library. */
export interface Library<Tx> {
  readonly store: PostgresTransactionalStore<Tx>;
  write(tx: Tx, text: string): Promise<unknown>;
  /** How long the server lets a transaction stand still. */
  idleLimit(tx: Tx): Promise<string>;
  /** Makes a statement of the handler fail. */
  fail(tx: Tx): Promise<unknown>;
  close(): Promise<unknown>;
}

/** @param schema where `effects` is */
export type OpenLibrary<Tx> = (url: string, schema: string, options: PostgresStoreOptions) => Library<Tx>;

const poolOf = (url: string, schema: string): Pool =>
  new Pool({ connectionString: url, max: 10, options: `-c search_path=${schema}` }).on("error", () => {});

const SHOW_IDLE_LIMIT = "SELECT current_setting('idle_in_transaction_session_timeout') AS value";

const pg: OpenLibrary<PoolClient> = (url, schema, options) => {
  const pool = poolOf(url, schema);
  return {
    store: createPostgresTransactionalStore({ ...options, pool }),
    write: (tx, value) => tx.query("INSERT INTO effects (text) VALUES ($1)", [value]),
    idleLimit: async (tx) => (await tx.query(SHOW_IDLE_LIMIT)).rows[0].value,
    fail: (tx) => tx.query("SELECT 1 / 0"),
    close: () => pool.end(),
  };
};

const effects = pgTable("effects", { text: text().notNull() });
type DrizzleTransaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

const drizzleOrm: OpenLibrary<DrizzleTransaction> = (url, schema, options) => {
  const pool = poolOf(url, schema);
  const store = createPostgresTransactionalStore({
    ...options,
    pool,
    transaction: (client: PoolClient, work: (tx: DrizzleTransaction) => Promise<void>) =>
      drizzle(client).transaction(work),
  });
  return {
    store,
    write: (tx, value) => tx.insert(effects).values({ text: value }),
    idleLimit: async (tx) => String((await tx.execute(SHOW_IDLE_LIMIT)).rows[0]?.value),
    fail: (tx) => tx.execute(drizzleSql`SELECT 1 / 0`),
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

const kysely: OpenLibrary<Transaction<Tables>> = (url, schema, options) => {
  const pool = poolOf(url, schema);
  const store = createPostgresTransactionalStore({
    ...options,
    pool,
    transaction: (client: PoolClient, work: (tx: Transaction<Tables>) => Promise<void>) =>
      kyselyOn(client).transaction().execute(work),
  });
  return {
    store,
    write: (tx, value) => tx.insertInto("effects").values({ text: value }).execute(),
    idleLimit: async (tx) =>
      (await sql.raw<{ value: string }>(SHOW_IDLE_LIMIT).execute(tx)).rows[0]?.value ?? "",
    fail: (tx) => sql`SELECT 1 / 0`.execute(tx),
    close: () => pool.end(),
  };
};

const prisma: OpenLibrary<Prisma.TransactionClient> = (url, schema, options) => {
  const adapter = new PrismaPg(poolOf(url, schema), { disposeExternalPool: true, schema });
  const client = new PrismaClient({ adapter });
  const store = createPostgresTransactionalStore<Prisma.TransactionClient>({
    ...options,
    database: {
      // Its own limits are 2 s for a connection and 5 s for the transaction.
      transaction: (work) => client.$transaction(work, { maxWait: 5_000, timeout: 60_000 }),
      query: (tx, strings, ...values) => tx.$queryRaw<unknown[]>(strings, ...values),
    },
  });
  return {
    store,
    write: (tx, value) => tx.effect.create({ data: { text: value } }),
    idleLimit: async (tx) => (await tx.$queryRawUnsafe<{ value: string }[]>(SHOW_IDLE_LIMIT))[0]?.value ?? "",
    fail: (tx) => tx.$queryRaw`SELECT 1 / 0`,
    close: () => client.$disconnect(),
  };
};

export const LIBRARIES: Readonly<Record<string, OpenLibrary<unknown>>> = {
  pg: pg as OpenLibrary<never>,
  "drizzle-orm": drizzleOrm as OpenLibrary<never>,
  kysely: kysely as OpenLibrary<never>,
  prisma: prisma as OpenLibrary<never>,
};
