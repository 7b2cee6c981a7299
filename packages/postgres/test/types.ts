import { createFetchHandler } from "@mintfax-webhooks/core";
import {
  createPostgresStore,
  createPostgresTransactionalStore,
  type PostgresTransactionalStore,
} from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";

const pool = new Pool();

// tx is pg's own client.
export const ofPool: PostgresTransactionalStore<PoolClient> = createPostgresTransactionalStore({ pool });
createFetchHandler({ store: ofPool }).on("fax.delivered", async ({ data }, { tx }) => {
  const { rowCount } = await tx.query<{ number: string }>("SELECT $1", [data.object.id]);
  return rowCount;
});

// tx is whatever the library's transactions are.
interface Transaction {
  insert(text: string): Promise<void>;
}
export const ofLibrary: PostgresTransactionalStore<Transaction> =
  createPostgresTransactionalStore<Transaction>({
    database: { transaction: (work) => work({ insert: async () => {} }), query: async () => [] },
  });
createFetchHandler({ store: ofLibrary }).on("*", ({ id }, { tx }) => tx.insert(id));

// @ts-expect-error There is no tx in a lease.
createFetchHandler({ store: createPostgresStore({ pool }) }).on("*", (_, { tx }) => tx);
// @ts-expect-error A pool, or a library's transactions.
createPostgresTransactionalStore({});
// @ts-expect-error A connection is no pool: it could not be given back.
createPostgresStore({ pool: {} as PoolClient });
