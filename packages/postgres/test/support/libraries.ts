import {
  createPostgresTransactionalStore,
  type PostgresStoreOptions,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { drizzleDatabase } from "@mintfax-webhooks/postgres/drizzle";
import { knexDatabase } from "@mintfax-webhooks/postgres/knex";
import { kyselyDatabase } from "@mintfax-webhooks/postgres/kysely";
import { prismaDatabase } from "@mintfax-webhooks/postgres/prisma";
import { PrismaPg } from "@prisma/adapter-pg";
import { sql as drizzleSql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";
import knexOf, { type Knex } from "knex";
import { type Generated, Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import { type ClientBase, Pool, type PoolClient, type PoolConfig } from "pg";
import { type Prisma, PrismaClient } from "./prisma/generated/client.js";

/** A transactional store on one library, with a write into `effects` as a handler makes it with that library. */
export interface Library<Tx> {
  readonly store: PostgresTransactionalStore<Tx>;
  write(tx: Tx, text: string): Promise<unknown>;
  /** Runs a query in the transaction that answers with one text, as `value`. */
  read(tx: Tx, query: string): Promise<string>;
  /** Makes a statement of the handler fail. */
  fail(tx: Tx): Promise<unknown>;
  /** Takes one of the library's connections, and gives it back as `use` left it. */
  borrow(use: (connection: ClientBase) => Promise<unknown>): Promise<void>;
  /** Is told of each connection that the library makes. */
  onConnect(listener: (connection: ClientBase) => void): void;
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

function connectionsOf(pool: Pool): Pick<Library<unknown>, "borrow" | "onConnect"> {
  return {
    async borrow(use) {
      const connection = await pool.connect();
      await use(connection);
      connection.release();
    },
    onConnect: (listener) => void pool.on("connect", listener),
  };
}

const pg: OpenLibrary<PoolClient> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  return {
    store: createPostgresTransactionalStore({ ...options, pool }),
    write: (tx, value) => tx.query("INSERT INTO effects (text) VALUES ($1)", [value]),
    read: async (tx, query) => (await tx.query(query)).rows[0].value,
    fail: (tx) => tx.query("SELECT 1 / 0"),
    ...connectionsOf(pool),
    close: () => pool.end(),
  };
};

const effects = pgTable("effects", { text: text("text").notNull() });
type DrizzleTransaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

const drizzleOrm: OpenLibrary<DrizzleTransaction> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const store = createPostgresTransactionalStore({
    ...options,
    database: drizzleDatabase(pool, (client) => drizzle(client)),
  });
  return {
    store,
    write: (tx, value) => tx.insert(effects).values({ text: value }),
    read: async (tx, query) => String((await tx.execute(drizzleSql.raw(query))).rows[0]?.value),
    fail: (tx) => tx.execute(drizzleSql`SELECT 1 / 0`),
    ...connectionsOf(pool),
    close: () => pool.end(),
  };
};

interface Tables {
  readonly effects: { readonly id: Generated<number>; readonly text: string };
}

const kysely: OpenLibrary<Transaction<Tables>> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const store = createPostgresTransactionalStore({
    ...options,
    database: kyselyDatabase(
      pool,
      (one) => new Kysely<Tables>({ dialect: new PostgresDialect({ pool: one }) }),
    ),
  });
  return {
    store,
    write: (tx, value) => tx.insertInto("effects").values({ text: value }).execute(),
    read: async (tx, query) => (await sql.raw<{ value: string }>(query).execute(tx)).rows[0]?.value ?? "",
    fail: (tx) => sql`SELECT 1 / 0`.execute(tx),
    ...connectionsOf(pool),
    close: () => pool.end(),
  };
};

/** The adapter's default is a minute. It is what frees the connection of a handler that hangs. */
export const PRISMA_TIMEOUT_MS = 10_000;

const prisma: OpenLibrary<Prisma.TransactionClient> = (url, schema, options, config) => {
  const pool = poolOf(url, schema, config);
  const adapter = new PrismaPg(pool, { disposeExternalPool: true, schema });
  const client = new PrismaClient({ adapter });
  const store = createPostgresTransactionalStore({
    ...options,
    database: prismaDatabase(client, { transactionTimeoutMs: PRISMA_TIMEOUT_MS }),
  });
  return {
    store,
    write: (tx, value) => tx.effect.create({ data: { text: value } }),
    read: async (tx, query) => (await tx.$queryRawUnsafe<{ value: string }[]>(query))[0]?.value ?? "",
    fail: (tx) => tx.$queryRaw`SELECT 1 / 0`,
    ...connectionsOf(pool),
    close: () => client.$disconnect(),
  };
};

/** On Knex's own pool, which is tarn's. */
const knex: OpenLibrary<Knex.Transaction> = (url, schema, options, config = {}) => {
  const { max = 10, options: serverOptions = "", ...connection } = config;
  const listeners: ((connection: ClientBase) => void)[] = [];
  const db = knexOf({
    client: "pg",
    connection: {
      connectionString: url,
      ...connection,
      options: `-c search_path=${schema} ${serverOptions}`,
    } as object,
    pool: {
      min: 0,
      max,
      afterCreate(created: ClientBase, done: (error: null, connection: ClientBase) => void) {
        for (const listener of listeners) listener(created);
        done(null, created);
      },
    },
    // Of connections that broke, which tests break.
    log: { warn() {} },
  });
  return {
    store: createPostgresTransactionalStore({ ...options, database: knexDatabase(db) }),
    write: (tx, value) => tx("effects").insert({ text: value }),
    read: async (tx, query) => (await tx.raw(query)).rows[0].value,
    fail: async (tx) => tx.raw("SELECT 1 / 0"),
    async borrow(use) {
      const borrowed = await db.client.acquireConnection();
      await use(borrowed);
      await db.client.releaseConnection(borrowed);
    },
    onConnect: (listener) => void listeners.push(listener),
    close: () => db.destroy(),
  };
};

export const LIBRARIES: Readonly<Record<string, OpenLibrary<unknown>>> = {
  pg: pg as OpenLibrary<never>,
  "drizzle-orm": drizzleOrm as OpenLibrary<never>,
  knex: knex as OpenLibrary<never>,
  kysely: kysely as OpenLibrary<never>,
  prisma: prisma as OpenLibrary<never>,
};
