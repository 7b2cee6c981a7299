import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

const TABLE = "mintfax_webhooks";

describe.runIf(HAS_MARIADB)("check() on MariaDB", () => {
  let server: MariadbServer;
  let admin: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start({ "innodb-flush-log-at-trx-commit": "1" });
    admin = createPool({ uri: server.url, multipleStatements: true });
  }, 60_000);
  beforeEach(async () => {
    await admin.query(`DROP TABLE IF EXISTS ${TABLE}`);
    await createMysqlStore({ pool: admin }).migrate();
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  type Kind = typeof createMysqlStore | typeof createMysqlTransactionalStore;

  /** What is not as it has to be, by code. */
  async function faults(pool: Pool, kind: Kind = createMysqlStore): Promise<Record<string, string>> {
    const findings = (await kind({ pool, timeoutMs: 5_000 }).check?.()) ?? [];
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
    for (const kind of [createMysqlStore, createMysqlTransactionalStore]) {
      const findings = (await kind({ pool: admin, timeoutMs: 5_000 }).check?.()) ?? [];
      expect(findings.map(({ code, ok }) => [code, ok])).toEqual([
        ["mysql_reachable", true],
        ["mysql_version", true],
        ["mysql_writable", true],
        ["mysql_autocommit", true],
        ["mysql_flush", true],
        ["mysql_timeouts", true],
        ["clock", true],
        ["mysql_engine", true],
        ["mysql_table", true],
        ["mysql_collation", true],
        ["mysql_index", true],
        ["mysql_privileges", true],
      ]);
    }
  });

  test("reads the same through a driver that is set to other forms of values", async () => {
    const pool = createPool({
      uri: server.url,
      rowsAsArray: true,
      bigNumberStrings: true,
      supportBigNumbers: true,
      dateStrings: true,
      typeCast: false,
      charset: "LATIN1_SWEDISH_CI",
    });
    onTestFinished(() => pool.end());
    expect(await faults(pool)).toEqual({});
  });

  test("finds a server that is unreachable", async () => {
    const pool = createPool("mysql://root@127.0.0.1:1/test");
    expect(await faults(pool)).toEqual({ mysql_reachable: expect.stringContaining("ECONNREFUSED") });
    await pool.end();
  });

  test.each<[string, string, Record<string, string>]>([
    ["a table that is missing", `DROP TABLE ${TABLE}`, { mysql_table: "store.migrate()" }],
    ["an engine without transactions", `ALTER TABLE ${TABLE} ENGINE = Aria`, { mysql_engine: "is Aria." }],
    ["a column that is missing", `ALTER TABLE ${TABLE} DROP owner`, { mysql_table: "no column owner" }],
    [
      "a column that is too small",
      `ALTER TABLE ${TABLE} MODIFY id VARBINARY(64) NOT NULL`,
      { mysql_table: "too small: id varbinary(64)" },
    ],
    [
      "a column that needs a value",
      `ALTER TABLE ${TABLE} ADD clinic INT NOT NULL`,
      { mysql_table: "need a value: clinic" },
    ],
    [
      "a table without its primary key",
      `ALTER TABLE ${TABLE} DROP PRIMARY KEY`,
      { mysql_table: "no primary key over namespace and id" },
    ],
    [
      "ids that are compared without regard to case",
      `ALTER TABLE ${TABLE} MODIFY id VARCHAR(256) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL`,
      { mysql_collation: "the collation ascii_general_ci" },
    ],
    ["an index that is missing", `ALTER TABLE ${TABLE} DROP INDEX until`, { mysql_index: "deleteExpired()" }],
  ])("finds %s, and says what to do", async (_, sql, expected) => {
    await admin.query(sql);
    const found = await faults(admin);
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [code, text] of Object.entries(expected)) expect(found[code]).toContain(text);
  });

  test("two ids that differ in case are one event in a table with such a collation, as the finding says", async () => {
    await admin.query(
      `ALTER TABLE ${TABLE} MODIFY id VARCHAR(256) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL`,
    );
    const store = createMysqlStore({ pool: admin, timeoutMs: 5_000 });
    await store.claim({ namespace: "mintfax", id: "evt_a" }, "one", 60_000);
    expect(await store.claim({ namespace: "mintfax", id: "evt_A" }, "two", 60_000)).toEqual({
      state: "pending",
    });
  });

  test.each<[string, string, string]>([
    ["no right to write", "SELECT", "may not INSERT, UPDATE, DELETE"],
    ["no right to delete", "SELECT, INSERT, UPDATE", "may not DELETE"],
    ["no right but to write", "INSERT", "may not SELECT, UPDATE, DELETE"],
  ])("finds a user with %s", async (_, rights, text) => {
    // In the database `test`, every user has every right.
    await admin.query("CREATE DATABASE clinic; CREATE USER clinic IDENTIFIED BY 'x'");
    onTestFinished(() => void admin.query("DROP USER clinic; DROP DATABASE clinic"));
    await createMysqlStore({ pool: admin, database: "clinic" }).migrate();
    await admin.query(`GRANT ${rights} ON clinic.${TABLE} TO clinic`);
    const pool = createPool(server.url.replace("root@", "clinic:x@").replace("/test", "/clinic"));
    onTestFinished(() => pool.end());
    expect(await faults(pool)).toEqual({ mysql_privileges: expect.stringContaining(text) });
  });

  test("finds autocommit switched off, transactions that are read-only, and a limit that is shorter than the store's", async () => {
    expect(await faults(poolWith("SET autocommit = 0"))).toEqual({
      mysql_autocommit: expect.stringContaining("off"),
    });
    expect(await faults(poolWith("SET SESSION TRANSACTION READ ONLY"))).toEqual({
      mysql_writable: expect.stringContaining("tx_read_only"),
    });
    expect(await faults(poolWith("SET max_statement_time = 1"))).toEqual({
      mysql_timeouts: expect.stringContaining("before the store does"),
    });
  });

  test("finds a limit to silent sessions that is shorter than a handler may take, for a handler's transaction alone", async () => {
    const pool = poolWith("SET wait_timeout = 20");
    expect(await faults(pool)).toEqual({});
    expect(await faults(pool, createMysqlTransactionalStore)).toEqual({
      mysql_timeouts: expect.stringContaining("wait_timeout is 20 s"),
    });
  });

  test("finds a server that is read-only, and commits that do not reach the disk", async () => {
    await admin.query("SET GLOBAL read_only = 1; SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    expect(await faults(admin)).toEqual({
      mysql_writable: expect.stringContaining("read-only"),
      mysql_flush: expect.stringContaining("loses the last second"),
    });
    await admin.query("SET GLOBAL read_only = 0; SET GLOBAL innodb_flush_log_at_trx_commit = 1");
  });

  test("finds the clock of this process an hour ahead", async () => {
    const now = Date.now();
    vi.setSystemTime(now + 3_600_000);
    onTestFinished(() => void vi.useRealTimers());
    expect(await faults(admin)).toEqual({ clock: expect.stringMatching(/36\d\d s ahead of that of MySQL/) });
  });
});

describe.runIf(HAS_MARIADB)("on a server that logs statements", () => {
  test("check() finds the format, and a handler's transaction is refused with the fix", async () => {
    const server = await MariadbServer.start({
      "innodb-flush-log-at-trx-commit": "1",
      "log-bin": "binlog",
      "binlog-format": "STATEMENT",
    });
    onTestFinished(() => server.stop());
    const pool = createPool(server.url);
    onTestFinished(() => pool.end());
    const store = createMysqlTransactionalStore({ pool, timeoutMs: 5_000 });
    await store.migrate();
    const findings = (await store.check?.()) ?? [];
    expect(findings.filter(({ ok }) => ok !== true)).toMatchObject([
      { code: "mysql_binlog", level: "error" },
    ]);
    await expect(
      store.transact({ namespace: "mintfax", id: "evt_1" }, async () => "commit"),
    ).rejects.toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("binlog_format = ROW"),
    });
    await pool.query("SET GLOBAL binlog_format = 'ROW'");
    const other = createPool(server.url);
    onTestFinished(() => other.end());
    expect(await createMysqlTransactionalStore({ pool: other, timeoutMs: 5_000 }).check?.()).toContainEqual(
      expect.objectContaining({ code: "mysql_binlog", ok: true }),
    );
  });
});
