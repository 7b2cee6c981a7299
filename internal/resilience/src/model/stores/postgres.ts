import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { inTurns } from "./in-turns.ts";
import type { Subject } from "./subject.ts";

const RETENTION_MS = 30 * 24 * 3_600_000;

/** Two stores on one table, as two processes have. Each answers with one statement what is asked at once. */
export async function openPostgres(): Promise<Subject> {
  const server = await PostgresServer.start();
  const pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
  const stores = [0, 1].map(() => createPostgresStore({ pool, retentionMs: RETENTION_MS }));
  await stores[0]?.migrate();
  return {
    name: "Postgres, lease",
    store: inTurns(stores),
    retentionMs: RETENTION_MS,
    turnsAway: true,
    elapse: (ms, { namespace, id }) =>
      pool.query(
        `UPDATE mintfax_webhooks SET until = until - ${ms} * interval '1 ms' WHERE namespace = $1 AND id = $2`,
        [namespace, id],
      ),
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}
