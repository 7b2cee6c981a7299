import { join } from "node:path";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import {
  graphileWorkerParked,
  graphileWorkerQueue,
  graphileWorkerTask,
} from "@mintfax-webhooks/queue/graphile-worker";
import type { HandOffEngine, OpenEngine } from "conformance/hand-off";
import { Logger, runMigrations } from "graphile-worker";
import type { Pool } from "pg";
import type { PostgresServer } from "test-support/postgres-server";
import { dump } from "../postgres/support/dump.ts";
import { LIBRARIES } from "../postgres/support/libraries.ts";
import { poolOn } from "../postgres/support/pool.ts";
import { connect, type Place } from "./connect.ts";

let opened = 0;

export function graphileWorkerEngine(server: PostgresServer): HandOffEngine {
  /** graphile-worker's tables and the store's, in a schema of their own. */
  async function schemaIn(pgPool: Pool): Promise<string> {
    opened += 1;
    const schema = `suite_${opened}`;
    await runMigrations({ pgPool, schema, logger: new Logger(() => () => {}) });
    await createPostgresStore({ pool: pgPool, schema }).migrate();
    return schema;
  }

  return {
    name: "graphile-worker",
    program: join(import.meta.dirname, "hand-off-process.ts"),
    async open({ retryForMs } = {}): Promise<OpenEngine> {
      const admin = poolOn(server.url);
      const schema = await schemaIn(admin);
      const jobs = `${schema}._private_jobs`;
      const place = JSON.stringify({ url: server.url, schema, retryForMs } satisfies Place);
      const connection = await connect(place);
      return {
        ...connection,
        parked: graphileWorkerParked(admin, { schema }),
        async put(message) {
          await admin.query(`SELECT ${schema}.add_job('mintfax', $1)`, [JSON.stringify(message)]);
        },
        async remove(id) {
          await admin.query(`DELETE FROM ${jobs} WHERE payload->>'id' = $1`, [id]);
        },
        async elapse(ms) {
          const back = `${ms} * interval '1 ms'`;
          await admin.query(
            `UPDATE ${jobs} SET run_at = run_at - ${back}, locked_at = locked_at - ${back}, updated_at = updated_at - ${back};
            UPDATE ${schema}.mintfax_webhooks SET until = until - ${back}`,
          );
        },
        async isAtWork() {
          const { rowCount } = await admin.query(`SELECT FROM ${jobs} WHERE locked_at IS NOT NULL`);
          return rowCount !== 0;
        },
        dump: () => dump(admin, schema),
        place,
        async close() {
          await connection.close();
          await admin.end();
        },
      };
    },
    server,
    wrongClients: {
      "a connection string": () => graphileWorkerQueue("postgres://127.0.0.1/clinic" as never),
      "graphile-worker's WorkerUtils": () => graphileWorkerQueue({ addJob() {} } as never),
      "what graphileWorkerQueue() returns": () =>
        graphileWorkerParked({ engine: "graphile-worker", enqueue() {} } as never),
      nothing: () => graphileWorkerQueue(undefined as never),
      "a pool as the worker": () => graphileWorkerTask({ query() {} } as never),
    },
    async openWithoutTables() {
      const pool = poolOn(server.url);
      return { queue: graphileWorkerQueue(pool, { schema: "nowhere" }), close: () => pool.end() };
    },
    async openTransactional() {
      const pool = poolOn(server.url);
      const schema = await schemaIn(pool);
      const libraries = Object.entries(LIBRARIES).map(
        ([name, open]) => [name, open(pool, server.url)] as const,
      );
      await createPostgresStore({ pool }).migrate();
      const elsewhere = poolOn(server.url.replace(/postgres$/, "template1"));
      const store = createPostgresTransactionalStore({ pool: elsewhere });
      await store.migrate();
      return {
        queue: graphileWorkerQueue(pool, { schema }),
        stores: Object.fromEntries(libraries.map(([name, library]) => [name, library.store])),
        elsewhere: store as never,
        async count() {
          return Number((await pool.query(`SELECT count(*) FROM ${schema}._private_jobs`)).rows[0].count);
        },
        async close() {
          for (const [, library] of libraries) await library.close();
          await elsewhere.end();
          await pool.end();
        },
      };
    },
  };
}
