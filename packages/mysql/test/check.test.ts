import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

describe.runIf(HAS_MARIADB)("check() on MariaDB", () => {
  let server: MariadbServer;
  let admin: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start({ "innodb-flush-log-at-trx-commit": "1" });
    admin = createPool(server.url);
  }, 60_000);
  beforeEach(async () => {
    await admin.query("DROP TABLE IF EXISTS mintfax_webhooks");
    await createMysqlStore({ pool: admin }).migrate();
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  /** What is not as it has to be, by code. */
  async function faults(pool: Pool): Promise<Record<string, string>> {
    const findings = (await createMysqlStore({ pool, timeoutMs: 5_000 }).check?.()) ?? [];
    return Object.fromEntries(
      findings.filter(({ ok }) => ok !== true).map(({ code, message }) => [code, message]),
    );
  }

  function poolWith(setUp: string): Pool {
    const pool = createPool(server.url);
    onTestFinished(() => pool.end());
    pool.pool.on("connection", (connection) => void connection.query(setUp));
    return pool;
  }

  test("finds nothing wrong with a good set-up, on both kinds of store", async () => {
    for (const store of [createMysqlStore({ pool: admin }), createMysqlTransactionalStore({ pool: admin })]) {
      const findings = (await store.check?.()) ?? [];
      expect(findings.map(({ code, ok }) => [code, ok])).toEqual([
        ["mysql_reachable", true],
        ["mysql_writable", true],
        ["mysql_autocommit", true],
        ["mysql_engine", true],
        ["mysql_flush", true],
      ]);
    }
  });

  test("finds a table that is missing, and says how to make it", async () => {
    await admin.query("DROP TABLE mintfax_webhooks");
    expect(await faults(admin)).toEqual({ mysql_reachable: expect.stringContaining("store.migrate()") });
  });

  test("finds a server that is unreachable", async () => {
    const pool = createPool("mysql://root@127.0.0.1:1/test");
    expect(await faults(pool)).toEqual({ mysql_reachable: expect.stringContaining("ECONNREFUSED") });
    await pool.end();
  });

  test("finds an engine without transactions", async () => {
    await admin.query("ALTER TABLE mintfax_webhooks ENGINE = Aria");
    expect(await faults(admin)).toEqual({ mysql_engine: "The table's engine is Aria." });
  });

  test("finds autocommit switched off, a server that is read-only, and commits that do not reach the disk", async () => {
    expect(await faults(poolWith("SET autocommit = 0"))).toEqual({
      mysql_autocommit: expect.stringContaining("off"),
    });
    await admin.query("SET GLOBAL read_only = 1");
    await admin.query("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    expect(await faults(admin)).toEqual({
      mysql_writable: expect.stringContaining("read-only"),
      mysql_flush: expect.stringContaining("loses the last second"),
    });
    await admin.query("SET GLOBAL read_only = 0");
    await admin.query("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
  });
});
