import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool, type PoolConfig } from "pg";
import { freePort } from "test-support/free-port";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LIBRARIES } from "./support/libraries.ts";
import { notGreen, ofCode, type Store } from "./support/not-green.ts";

let server: PostgresServer;
let admin: Pool;
beforeAll(async () => {
  server = await PostgresServer.start({ fsync: "on" });
  // It alone does not wait for the disk.
  const options = "-c synchronous_commit=off";
  admin = new Pool({ connectionString: server.url, options }).on("error", () => {});
  await admin.query("CREATE ROLE app LOGIN");
});
afterAll(async () => {
  await admin.end();
  await server.stop();
});
beforeEach(async () => {
  await admin.query(
    "DROP SCHEMA IF EXISTS clinic CASCADE; CREATE SCHEMA clinic; GRANT USAGE ON SCHEMA clinic TO app",
  );
  await createPostgresStore({ pool: admin, schema: "clinic" }).migrate();
  await admin.query("GRANT SELECT, INSERT, UPDATE, DELETE ON clinic.mintfax_webhooks TO app");
});

function poolAs(user: string, config: PoolConfig = {}, url: string = server.url): Pool {
  const at = new URL(url);
  at.username = user;
  const pool = new Pool({ connectionString: at.href, ...config }).on("error", () => {});
  onTestFinished(() => pool.end());
  return pool;
}

const KINDS = {
  lease: (pool: Pool): Store => createPostgresStore({ pool, schema: "clinic" }),
  transactional: (pool: Pool): Store => createPostgresTransactionalStore({ pool, schema: "clinic" }) as Store,
};
const EACH_KIND = Object.entries(KINDS);

describe.each(EACH_KIND)("a %s store", (_kind, open) => {
  test("that migrate() has set up is green throughout, for a role with the four rights only", async () => {
    const { ready, codes, findings } = await notGreen(open(poolAs("app")));
    expect({ ready, codes }).toEqual({ ready: true, codes: [] });
    expect(findings.slice(3).map(({ code }) => code)).toEqual([
      "postgres_reachable",
      "postgres_pooler",
      "postgres_version",
      "postgres_writable",
      "postgres_durability",
      "postgres_timeouts",
      "clock",
      "postgres_table",
      "postgres_index",
      "postgres_privileges",
    ]);
  });

  test("claims nothing and changes nothing when it is checked", async () => {
    const before =
      "SELECT n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE schemaname = 'clinic'";
    await open(poolAs("app")).check?.();
    expect((await admin.query("SELECT * FROM clinic.mintfax_webhooks")).rows).toEqual([]);
    expect((await admin.query(before)).rows).toEqual([{ n_tup_ins: "0", n_tup_upd: "0", n_tup_del: "0" }]);
  });

  const TABLE = "clinic.mintfax_webhooks";
  test.each<[fault: string, sql: string, codes: string[], ready: boolean, fix: RegExp]>([
    ["no table", `DROP TABLE ${TABLE}`, ["postgres_table error false"], false, /store\.migrate\(\)/],
    [
      "a view in its place",
      `ALTER TABLE ${TABLE} RENAME TO t; CREATE VIEW ${TABLE} AS SELECT * FROM clinic.t; GRANT ALL ON ${TABLE} TO app`,
      ["postgres_table error false", "postgres_index warning false"],
      false,
      /Rename it/,
    ],
    ...["fence", "until", "namespace", "id", "state", "owner"].map(
      (column): [string, string, string[], boolean, RegExp] => [
        `no column ${column}`,
        `ALTER TABLE ${TABLE} RENAME COLUMN ${column} TO other`,
        ["postgres_table error false"],
        false,
        /lacks a column/,
      ],
    ),
    [
      "a column of another type",
      `ALTER TABLE ${TABLE} ALTER COLUMN fence TYPE int`,
      ["postgres_table error false"],
      false,
      /lacks a column/,
    ],
    [
      "another column that needs a value",
      `ALTER TABLE ${TABLE} ADD tenant int NOT NULL`,
      ["postgres_table error false"],
      false,
      /default/,
    ],
    [
      "no primary key",
      `ALTER TABLE ${TABLE} DROP CONSTRAINT mintfax_webhooks_pkey`,
      ["postgres_table error false"],
      false,
      /ADD PRIMARY KEY/,
    ],
    [
      "no index",
      "DROP INDEX clinic.mintfax_webhooks_until",
      ["postgres_index warning false"],
      true,
      /CREATE INDEX CONCURRENTLY/,
    ],
    [
      "an index whose making failed",
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'clinic.mintfax_webhooks_until'::regclass",
      ["postgres_index warning false"],
      true,
      /DROP INDEX/,
    ],
    [
      "no right to read",
      `REVOKE SELECT ON ${TABLE} FROM app`,
      ["postgres_privileges error false"],
      false,
      /GRANT SELECT/,
    ],
    [
      "no right to add",
      `REVOKE INSERT ON ${TABLE} FROM app`,
      ["postgres_privileges error false"],
      false,
      /GRANT/,
    ],
    [
      "no right to change",
      `REVOKE UPDATE ON ${TABLE} FROM app`,
      ["postgres_privileges error false"],
      false,
      /GRANT/,
    ],
    [
      "no right to delete",
      `REVOKE DELETE ON ${TABLE} FROM app`,
      ["postgres_privileges warning false"],
      true,
      /GRANT/,
    ],
    [
      "row-level security",
      `ALTER TABLE ${TABLE} ENABLE ROW LEVEL SECURITY`,
      ["postgres_row_security warning unknown"],
      true,
      /DISABLE ROW LEVEL/,
    ],
    [
      "a table that is not logged",
      `ALTER TABLE ${TABLE} SET UNLOGGED`,
      ["postgres_durability warning false"],
      true,
      /SET LOGGED/,
    ],
  ])("with %s is not green", async (_, sql, codes, ready, fix) => {
    await admin.query(sql);
    const found = await notGreen(open(poolAs("app")));
    expect({ codes: found.codes, ready: found.ready }).toEqual({ codes, ready });
    expect(ofCode(found.findings, codes[0]?.split(" ")[0] as string)).toMatchObject({
      fix: expect.stringMatching(fix),
    });
  });

  test("whose schema the role may not use is not ready", async () => {
    await admin.query("REVOKE USAGE ON SCHEMA clinic FROM app");
    const { ready, codes, findings } = await notGreen(open(poolAs("app")));
    expect({ ready, codes }).toEqual({ ready: false, codes: ["postgres_privileges error false"] });
    expect(findings.at(-1)?.message).toContain("USAGE on the schema");
  });

  test.each<[fault: string, settings: string, code: string, level: string, ready: boolean]>([
    [
      "default_transaction_read_only",
      "default_transaction_read_only=on",
      "postgres_writable",
      "error",
      false,
    ],
    ["synchronous_commit off", "synchronous_commit=off", "postgres_durability", "warning", true],
    ["a statement_timeout below the store's", "statement_timeout=1999", "postgres_timeouts", "warning", true],
    ["a lock_timeout below the store's", "lock_timeout=1999", "postgres_timeouts", "warning", true],
  ])("with %s is not green", async (_, settings, code, level, ready) => {
    const found = await notGreen(open(poolAs("app", { options: `-c ${settings}` })));
    expect(found).toMatchObject({ ready, codes: [`${code} ${level} false`] });
  });

  test("that is unreachable is not ready, and the finding has no password", async () => {
    const pool = poolAs(
      "app",
      { password: "s3cret" },
      `postgres://app@127.0.0.1:${await freePort()}/postgres`,
    );
    const { ready, codes, findings } = await notGreen(open(pool));
    expect({ ready, codes }).toEqual({ ready: false, codes: ["postgres_reachable error false"] });
    expect(findings.at(-1)?.message).toMatch(/ECONNREFUSED/);
    expect(JSON.stringify(findings)).not.toContain("s3cret");
  });

  test("whose role does not exist is not ready, and the finding says what to check", async () => {
    const { ready, findings } = await notGreen(open(poolAs("missing")));
    expect(ready).toBe(false);
    expect(findings.at(-1)).toMatchObject({
      code: "postgres_reachable",
      message: expect.stringContaining("pg_hba.conf"),
    });
  });

  test("whose server is silent is not ready within 5 s", async () => {
    const pool = poolAs("app");
    await pool.query("SELECT 1");
    await server.freeze();
    try {
      expect(await notGreen(open(pool))).toMatchObject({
        ready: false,
        codes: ["postgres_reachable error false"],
      });
    } finally {
      await server.thaw();
    }
  });
});

test("only a transactional store minds a short idle_in_transaction_session_timeout", async () => {
  const pool = poolAs("app", { options: "-c idle_in_transaction_session_timeout=20000" });
  expect((await notGreen(KINDS.lease(pool))).codes).toEqual([]);
  expect((await notGreen(KINDS.transactional(pool))).codes).toEqual(["postgres_timeouts warning false"]);
});

describe.each(Object.entries(LIBRARIES))("a transactional store on %s", (_library, open) => {
  test("is green throughout, and red without its table", async () => {
    const library = open(server.url, "clinic", {});
    onTestFinished(() => void library.close());
    expect(await notGreen(library.store)).toMatchObject({ ready: true, codes: [] });
    await admin.query("DROP TABLE clinic.mintfax_webhooks");
    expect(await library.store.check?.()).toContainEqual(
      expect.objectContaining({ code: "postgres_table", ok: false }),
    );
  });
});

test("a server that says that it is of version 12 is red", async () => {
  await admin.query(
    "CREATE FUNCTION clinic.current_setting(name text) RETURNS text LANGUAGE sql AS $$ SELECT CASE name WHEN 'server_version_num' THEN '120022' ELSE pg_catalog.current_setting(name) END $$",
  );
  const pool = poolAs("postgres", { options: "-c search_path=clinic,pg_catalog" });
  expect(await notGreen(createPostgresStore({ pool }))).toMatchObject({
    ready: false,
    codes: ["postgres_version error false"],
  });
});

test.each([
  [-29_000, []],
  [-31_000, ["clock warning false"]],
  [29_000, []],
  [33_000, ["clock warning false"]],
])("a clock of this process that is %i ms off gives %j", async (offMs, codes) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offMs });
  onTestFinished(() => void vi.useRealTimers());
  expect((await notGreen(KINDS.lease(poolAs("app")))).codes).toEqual(codes);
});
