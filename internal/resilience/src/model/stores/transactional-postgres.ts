import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { type TransactionalSubject, walkTransactions } from "./transactional.ts";
import type { Walk } from "./walk.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

export async function openPostgresTransactional(): Promise<{
  walk(seed: number): Promise<Walk>;
  close(): Promise<unknown>;
}> {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
  const store = createPostgresTransactionalStore({ pool, retentionMs: RETENTION_MS });
  await store.migrate();
  await pool.query("CREATE TABLE effects (id text NOT NULL, text text NOT NULL)");
  const subject: TransactionalSubject<PoolClient> = {
    store,
    retentionMs: RETENTION_MS,
    write: (tx, id, text) => tx.query("INSERT INTO effects (id, text) VALUES ($1, $2)", [id, text]),
    pause: (tx) => tx.query("SELECT 1"),
    die: (tx) => tx.query("SELECT pg_terminate_backend(pg_backend_pid())"),
    async written(id) {
      const { rows } = await pool.query<{ text: string }>("SELECT text FROM effects WHERE id = $1", [id]);
      return rows.map(({ text }) => text);
    },
    elapse: (ms, { namespace, id }) =>
      pool.query(
        `UPDATE mintfax_webhooks SET until = until - ${ms} * interval '1 ms' WHERE namespace = $1 AND id = $2`,
        [namespace, id],
      ),
  };
  return {
    walk: (seed) => walkTransactions(subject, seed),
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}
