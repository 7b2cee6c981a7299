import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import {
  createMysqlStore,
  createMysqlTransactionalStore,
  type MysqlStore,
  type MysqlTransactionalStore,
} from "@mintfax-webhooks/mysql";
import {
  leaseStoreSuite,
  type OpenedTransactionalStore,
  transactionalStoreSuite,
} from "@mintfax-webhooks/testing/store-suite";
import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import { createPool as createLowestPool } from "mysql2-lowest/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { withoutThousands } from "test-support/run-size";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** As the engine is: a thousand calls at once are about claims, not about how fast the machine is. */
const PATIENT = { timeoutMs: 5_000 };
const DRIVERS = { "mysql2 3": createPool, "mysql2 3.0.0": createLowestPool as unknown as typeof createPool };

describe.runIf(HAS_MARIADB).each(Object.entries(DRIVERS))("MariaDB by %s", (driver, poolOf) => {
  let server: MariadbServer;
  let pool: Pool;
  /** Takes connections and never says a word. */
  let mute: Server;
  const muted = new Set<Socket>();
  beforeAll(async () => {
    server = await MariadbServer.start();
    pool = poolOf(server.url);
    mute = createServer((socket) => muted.add(socket)).listen(0, "127.0.0.1");
    await once(mute, "listening");
  }, 60_000);
  afterAll(async () => {
    for (const socket of muted) socket.destroy();
    mute.close();
    await pool.end();
    await server.stop();
  });

  let databases = 0;

  /** A database of its own for each store. */
  async function newDatabase(): Promise<string> {
    databases += 1;
    const database = `suite_${databases}`;
    await pool.query(`CREATE DATABASE ${database}`);
    await pool.query(`CREATE TABLE ${database}.effects (id SERIAL PRIMARY KEY, text TEXT NOT NULL)`);
    return database;
  }

  const elapse = (ms: number, { database }: { readonly database: string }) =>
    pool.query(`UPDATE ${database}.mintfax_webhooks SET until = until - ${ms} * 1000`);

  const AWAY = {
    "a closed port": () => "mysql://root@127.0.0.1:1/test",
    "no answer": () => `mysql://root@127.0.0.1:${(mute.address() as AddressInfo).port}/test`,
  };
  const unreachable = (url: string) => poolOf({ uri: url, connectionLimit: 1, connectTimeout: 1_000 });

  describe("lease", () => {
    interface Opened {
      readonly store: MysqlStore;
      readonly database: string;
      close(): void;
    }
    const { cases, skipped } = leaseStoreSuite<Opened>({
      name: "lease",
      async open(options) {
        const database = await newDatabase();
        const store = createMysqlStore({ pool, database, ...PATIENT, ...options });
        await store.migrate();
        return { store, database, close() {} };
      },
      elapse,
      wipe: ({ database }) => pool.query(`TRUNCATE ${database}.mintfax_webhooks`),
      unavailable: Object.fromEntries(
        Object.entries(AWAY).map(([how, url]) => [
          how,
          () => {
            const away = unreachable(url());
            const store = createMysqlStore({ pool: away, timeoutMs: 300 });
            return { store, database: "", close: () => void away.end().catch(() => {}) };
          },
        ]),
      ),
    });
    test.each(driver === "mysql2 3" ? cases : withoutThousands(cases))("$name", ({ run }) => run());

    test("nothing is left out", () => {
      expect(skipped).toEqual([]);
    });
  });

  describe("transactional", () => {
    type Tx = Pick<PoolConnection, "query" | "execute">;
    interface Opened extends OpenedTransactionalStore<Tx> {
      readonly store: MysqlTransactionalStore<Tx>;
      readonly database: string;
      readonly own: Pool;
    }
    const openOn = (own: Pool, database: string, options: object): Opened => ({
      own,
      database,
      store: createMysqlTransactionalStore({ pool: own, ...options }),
      write: (tx, text) => tx.query("INSERT INTO effects (text) VALUES (?)", [text]),
      async written() {
        const [rows] = await pool.query(`SELECT text FROM ${database}.effects`);
        return (rows as { text: string }[]).map(({ text }) => text);
      },
      close: () => own.end(),
    });
    const { cases, skipped } = transactionalStoreSuite<Tx, Opened>({
      name: "transactional",
      async open(options) {
        const database = await newDatabase();
        const opened = openOn(poolOf(server.url.replace("/test", `/${database}`)), database, {
          ...PATIENT,
          ...options,
        });
        await opened.store.migrate();
        return opened;
      },
      elapse,
      async leaveOpen(text, { own }) {
        const connection = await own.getConnection();
        await connection.query("START TRANSACTION");
        await connection.query("INSERT INTO effects (text) VALUES (?)", [text]);
        connection.release();
      },
      async breakOff(tx) {
        const [[row]] = (await tx.query("SELECT CONNECTION_ID() AS id")) as unknown as [[{ id: number }]];
        await pool.query(`KILL ${row.id}`);
      },
      unavailable: Object.fromEntries(
        Object.entries(AWAY).map(([how, url]) => [
          how,
          () => {
            const opened = openOn(unreachable(url()), "", { timeoutMs: 300 });
            return { ...opened, written: () => [], close: () => void opened.own.end().catch(() => {}) };
          },
        ]),
      ),
    });
    test.each(driver === "mysql2 3" ? cases : withoutThousands(cases))("$name", ({ run }) => run());

    test("nothing is left out", () => {
      expect(skipped).toEqual([]);
    });
  });
});
