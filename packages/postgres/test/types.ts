import { createFetchHandler } from "@mintfax-webhooks/core";
import {
  createPostgresStore,
  createPostgresTransactionalStore,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { drizzleDatabase } from "@mintfax-webhooks/postgres/drizzle";
import { knexDatabase } from "@mintfax-webhooks/postgres/knex";
import { drizzle } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";
import knex, { type Knex } from "knex";
import { Pool, type PoolClient } from "pg";

const pool = new Pool();

// tx is pg's own client.
export const ofPool: PostgresTransactionalStore<PoolClient> = createPostgresTransactionalStore({ pool });
createFetchHandler({ store: ofPool }).on("fax.delivered", async ({ data }, { tx }) => {
  const { rowCount } = await tx.query<{ number: string }>("SELECT $1", [data.object.id]);
  return rowCount;
});

// tx is a transaction of the library.
interface Transaction {
  insert(text: string): Promise<void>;
}
export const ofLibrary: PostgresTransactionalStore<Transaction> =
  createPostgresTransactionalStore<Transaction>({
    database: { transaction: (work) => work({ insert: async () => {} }), query: async () => [] },
  });
createFetchHandler({ store: ofLibrary }).on("*", ({ id }, { tx }) => tx.insert(id));

// Drizzle's tx knows the schema that it was made with.
const schema = { orders: pgTable("orders", { id: text() }) };
const ofDrizzle = createPostgresTransactionalStore({
  database: drizzleDatabase(pool, (client) => drizzle(client, { schema })),
});
createFetchHandler({ store: ofDrizzle }).on("*", (_, { tx }) => tx.query.orders.findFirst());

// Knex's tx is Knex's.
const ofKnex: PostgresTransactionalStore<Knex.Transaction> = createPostgresTransactionalStore({
  database: knexDatabase(knex({})),
});
createFetchHandler({ store: ofKnex }).on("*", async (_, { tx }) => tx("orders").first());

// @ts-expect-error There is no tx in a lease.
createFetchHandler({ store: createPostgresStore({ pool }) }).on("*", (_, { tx }) => tx);
// @ts-expect-error A pool, or a library's transactions.
createPostgresTransactionalStore({});
// @ts-expect-error A connection is not a pool: it could not be given back.
createPostgresStore({ pool: {} as PoolClient });
