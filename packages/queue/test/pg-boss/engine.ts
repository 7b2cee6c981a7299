import { join } from "node:path";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import {
  createPgBossQueues,
  type PgBossLike,
  pgBossParked,
  pgBossProcessor,
  pgBossQueue,
} from "@mintfax-webhooks/queue/pg-boss";
import type { HandOffEngine, OpenEngine } from "conformance/hand-off";
import { Client, Pool } from "pg";
import { PgBoss } from "pg-boss";
import type { PostgresServer } from "test-support/postgres-server";
import { dump } from "../postgres/support/dump.ts";
import { LIBRARIES } from "../postgres/support/libraries.ts";
import { poolOn } from "../postgres/support/pool.ts";
import { connect, type Place } from "./connect.ts";

let opened = 0;

export function pgBossEngine(server: PostgresServer): HandOffEngine {
  /** pg-boss's tables in a schema of their own. Another database has neither. */
  async function bossIn(schema: string): Promise<PgBoss & PgBossLike> {
    const boss = new PgBoss({ connectionString: server.url, schema, schedule: false });
    boss.on("error", () => {});
    await boss.start();
    await createPgBossQueues(boss as PgBossLike);
    return boss as PgBoss & PgBossLike;
  }

  return {
    name: "pg-boss",
    program: join(import.meta.dirname, "hand-off-process.ts"),
    async open({ retryForMs } = {}): Promise<OpenEngine> {
      opened += 1;
      const schema = `suite_${opened}`;
      const admin = poolOn(server.url);
      const boss = await bossIn(schema);
      await createPostgresStore({ pool: admin, schema }).migrate();
      const place = JSON.stringify({ url: server.url, schema, retryForMs } satisfies Place);
      const connection = await connect(place);
      return {
        ...connection,
        parked: pgBossParked(boss, { schema }),
        async put(message) {
          await boss.send("mintfax", message as object);
        },
        async remove(id) {
          const { rowCount } = await admin.query(
            `DELETE FROM ${schema}.job WHERE name = 'mintfax' AND data->>'id' = $1 AND state <> 'active'`,
            [id],
          );
          if (rowCount === 0) throw new Error("the job is not there, or a worker has it");
        },
        async elapse(ms) {
          const back = `- ${ms} * interval '1 ms'`;
          await admin.query(
            `UPDATE ${schema}.job SET start_after = start_after ${back}, started_on = started_on ${back} WHERE name = 'mintfax';
            UPDATE ${schema}.queue SET monitor_on = NULL, monitor_claim_on = NULL;
            UPDATE ${schema}.mintfax_webhooks SET until = until ${back}`,
          );
          await boss.supervise("mintfax");
        },
        async isAtWork() {
          const { rowCount } = await admin.query(
            `SELECT FROM ${schema}.job WHERE name = 'mintfax' AND state = 'active'`,
          );
          return rowCount !== 0;
        },
        dump: () => dump(admin, schema),
        place,
        async close() {
          await connection.close();
          await boss.stop({ graceful: false }).catch(() => {});
          await admin.end();
        },
      };
    },
    server,
    wrongClients: {
      "a connection string": () => pgBossQueue(server.url as never),
      "a pool of pg": () => pgBossQueue(new Pool() as never),
      "a client of pg": () => pgBossParked(new Client() as never),
      "what pgBossQueue() returns": () => pgBossParked({ engine: "pg-boss", enqueue() {} } as never),
      nothing: () => pgBossQueue(undefined as never),
      "a queue as the worker": () => pgBossProcessor({ send() {} } as never, new PgBoss(server.url)),
    },
    async openWithoutTables() {
      const pool = poolOn(server.url);
      const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
      const boss = new PgBoss({ db, schema: "nowhere" });
      boss.on("error", () => {});
      return { queue: pgBossQueue(boss as PgBossLike), close: () => pool.end() };
    },
    async openTransactional() {
      opened += 1;
      const schema = `suite_${opened}`;
      const pool = poolOn(server.url);
      const boss = await bossIn(schema);
      await createPostgresStore({ pool }).migrate();
      const libraries = Object.entries(LIBRARIES).map(
        ([name, open]) => [name, open(pool, server.url)] as const,
      );
      const database = `elsewhere_${opened}`;
      await pool.query(`CREATE DATABASE ${database}`);
      const elsewhere = poolOn(server.url.replace(/postgres$/, database));
      const store = createPostgresTransactionalStore({ pool: elsewhere });
      await store.migrate();
      return {
        queue: pgBossQueue(boss),
        stores: Object.fromEntries(libraries.map(([name, library]) => [name, library.store])),
        elsewhere: store as never,
        async count() {
          const { rows } = await pool.query(
            `SELECT count(*) FROM ${schema}.job WHERE name = 'mintfax' AND state < 'completed'`,
          );
          return Number(rows[0].count);
        },
        async close() {
          for (const [, library] of libraries) await library.close();
          await elsewhere.end();
          await pool.query(`DROP DATABASE ${database}`);
          await boss.stop({ graceful: false });
          await pool.end();
        },
      };
    },
  };
}
