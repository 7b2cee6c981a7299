import { createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool, type PoolConnection } from "mysql2/promise";
import { MariadbServer } from "test-support/mariadb-server";
import { type TransactionalSubject, walkTransactions } from "./transactional.ts";
import type { Walk } from "./walk.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

export async function openMysqlTransactional(): Promise<{
  walk(seed: number): Promise<Walk>;
  close(): Promise<unknown>;
}> {
  const server = await MariadbServer.start();
  const pool = createPool(server.url);
  const store = createMysqlTransactionalStore({ pool, retentionMs: RETENTION_MS });
  await store.migrate();
  await pool.query("CREATE TABLE effects (id VARBINARY(256) NOT NULL, text TEXT NOT NULL)");
  const subject: TransactionalSubject<Pick<PoolConnection, "query" | "execute">> = {
    store,
    retentionMs: RETENTION_MS,
    write: (tx, id, text) => tx.query("INSERT INTO effects (id, text) VALUES (?, ?)", [id, text]),
    pause: (tx) => tx.query("SELECT 1"),
    die: (tx) => tx.query("KILL CONNECTION_ID()"),
    async written(id) {
      const [rows] = await pool.query("SELECT text FROM effects WHERE id = ?", [id]);
      return (rows as { text: string }[]).map(({ text }) => text);
    },
    elapse: (ms, { namespace, id }) =>
      pool.query("UPDATE mintfax_webhooks SET until = until - ? WHERE namespace = ? AND id = ?", [
        ms * 1_000,
        namespace,
        id,
      ]),
  };
  return {
    walk: (seed) => walkTransactions(subject, seed),
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}
