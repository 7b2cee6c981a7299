import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { createPool } from "mysql2/promise";
import { MariadbServer } from "test-support/mariadb-server";
import type { Subject } from "./subject.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

export async function openMysql(): Promise<Subject> {
  const server = await MariadbServer.start();
  const pool = createPool(server.url);
  const store = createMysqlStore({ pool, retentionMs: RETENTION_MS });
  await store.migrate();
  return {
    name: "MySQL, lease",
    store,
    retentionMs: RETENTION_MS,
    elapse: (ms, { namespace, id }) =>
      pool.query("UPDATE mintfax_webhooks SET until = until - ? WHERE namespace = ? AND id = ?", [
        ms * 1_000,
        namespace,
        id,
      ]),
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}
