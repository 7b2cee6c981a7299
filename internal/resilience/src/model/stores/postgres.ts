import type { LeaseStore } from "@mintfax-webhooks/core";
import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
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

/** Sends two calls to one store, and the next two to another: calls at once meet in a store, and between stores. */
function inTurns(stores: readonly LeaseStore[]): LeaseStore {
  let calls = 0;
  const next = (): LeaseStore => {
    calls += 1;
    return stores[(calls >> 1) % stores.length] as LeaseStore;
  };
  return {
    kind: "lease",
    claim: (key, owner, leaseMs) => next().claim(key, owner, leaseMs),
    renew: (key, holder, leaseMs) => next().renew(key, holder, leaseMs),
    complete: (key, holder) => next().complete(key, holder),
    release: (key, holder) => next().release(key, holder),
    forget: (key) => next().forget(key),
    inspect: (key) => next().inspect(key),
  };
}
