import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { createPool } from "mysql2/promise";
import { MariadbServer } from "test-support/mariadb-server";
import { inTurns } from "./in-turns.ts";
import type { Subject } from "./subject.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

/** Two stores on one table, as two processes have. Each answers together what is asked at once. */
export async function openMysql(): Promise<Subject> {
  const server = await MariadbServer.start();
  const pool = createPool(server.url);
  const stores = [0, 1].map(() => createMysqlStore({ pool, retentionMs: RETENTION_MS }));
  await stores[0]?.migrate();
  return {
    name: "MySQL, lease",
    store: inTurns(stores),
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
