import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFaxWatch as createMysqlFaxWatch } from "@mintfax-webhooks/mysql";
import { createFaxWatch } from "@mintfax-webhooks/postgres";
import { createSandbox } from "@mintfax-webhooks/sandbox";
import { createFaxWatch as createSqliteFaxWatch } from "@mintfax-webhooks/sqlite";
import { createPool } from "mysql2/promise";
import { Pool } from "pg";
import { freePort } from "test-support/free-port";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { cli, emptyDirectory, RunningCli } from "./support/cli.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url }).on("error", () => {});
  await createFaxWatch({ pool }).migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(() => pool.query("TRUNCATE mintfax_fax_watch"));

const CONTEXT = { signal: new AbortController().signal };
const minutesAgo = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
const env = () => ({ DATABASE_URL: server.url });
const longest = (text: string): number => Math.max(...text.split("\n").map((line) => line.length));

async function day(): Promise<void> {
  const watch = createFaxWatch({ pool });
  await watch.expect("fax_8aZqRm4yT3vK7pNxJ2bH9c", { by: minutesAgo(200) });
  await watch.expect("fax_0bZqRm4yT3vK7pNxJ2bH9d", { by: minutesAgo(5) });
  await watch.expect("fax_under_way");
  const event = { id: "evt_1", type: "fax.failed", created: 1, data: { object: { id: "fax_ended" } } };
  await watch.settle(event, CONTEXT);
}

describe("watch", () => {
  test("lists what owes a final event, with exit code 1; where nothing does, it exits with 0", async () => {
    const nothing = await cli(["watch"], { env: env() });
    expect(nothing).toEqual({
      code: 0,
      stdout: "✓ No fax owes its final event.\n0 faxes are under way. No final event is known.\n",
      stderr: "",
    });
    await day();
    const { code, stdout, stderr } = await cli(["watch"], { env: env() });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toMatch(
      /^ {2}fax {25}owed since, UTC +for\n {2}fax_8aZ\w+ {2}\d{4}-\d\d-\d\d \d\d:\d\d +3 h\n {2}fax_0bZ\w+ .* 5 min\n\n✗ 2 faxes owe their final event\.\n1 fax is under way\. The last final event came \d+ \w+ ago\.\n$/,
    );
  });

  test("--older-than leaves out what may still come", async () => {
    await day();
    const some = await cli(["watch", "--older-than", "15m"], { env: env() });
    expect(some).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("✗ 1 fax owes its final event for more than 15 min."),
    });
    expect(some.stdout).not.toContain("fax_0bZ");
    expect((await cli(["watch", "--older-than", "1d"], { env: env() })).code).toBe(0);
    expect((await cli(["watch", "--namespace", "other"], { env: env() })).code).toBe(0);
  });

  test("--json is one object", async () => {
    await day();
    const { code, stdout } = await cli(["watch", "--json"], { env: env() });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      expected: 3,
      owed: 2,
      overdue: 2,
      faxes: [{ id: "fax_8aZqRm4yT3vK7pNxJ2bH9c", by: expect.any(String) }, {}],
    });
  });

  test("--every looks again until Ctrl-C, through a look that fails", async () => {
    const running = new RunningCli(["watch", "--every", "1s"], { env: env() });
    await running.printed("stdout", /✓ No fax owes its final event\..*\n/);
    await pool.query("ALTER TABLE mintfax_fax_watch RENAME TO elsewhere");
    await running.printed("stderr", /error: The table "mintfax_fax_watch" does not exist/);
    await pool.query("ALTER TABLE elsewhere RENAME TO mintfax_fax_watch");
    await day();
    await running.printed("stdout", /✗ 2 faxes owe their final event\./);
    running.interrupt();
    expect((await running.finished()).code).toBe(0);
  });

  test.each([
    ["no URL", [], {}, "No database. Set DATABASE_URL"],
    [
      "another kind of URL",
      ["--url", "mongodb://u:s3cret@h/d"],
      {},
      "--url is neither a URL of the form postgres://... or mysql://... nor the path of an SQLite file",
    ],
    ["a duration without a unit", ["--older-than", "15"], {}, "--older-than 15: expected a duration such as"],
    ["a table that is missing", ["--table", "other"], undefined, "Run `await watch.migrate()` or the SQL of"],
  ])("%s exits with 2, and the error says what to do", async (_, args, given, message) => {
    const { code, stdout, stderr } = await cli(["watch", ...args], { env: given ?? env() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("s3cret");
  });

  test("an SQLite file, named in a file of --env-file, is read and not created", async () => {
    const folder = emptyDirectory();
    const file = join(folder, "webhooks.db");
    const envFile = join(folder, "production.env");
    writeFileSync(envFile, `DATABASE_URL="file:${file}"\n`);
    const look = () => cli(["watch", "--env-file", envFile], { env: {} });
    expect(await look()).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no file") });
    const watch = createSqliteFaxWatch(file);
    await watch.expect("fax_8aZqRm4yT3vK7pNxJ2bH9c", { by: minutesAgo(200) });
    watch.close();
    const { code, stdout } = await look();
    expect(code).toBe(1);
    expect(stdout).toContain("✗ 1 fax owes its final event.");
  });

  test.skipIf(!HAS_MARIADB)("a database of MySQL is read by its URL (needs mariadbd)", async () => {
    const mariadb = await MariadbServer.start();
    onTestFinished(() => mariadb.stop());
    const mysqlPool = createPool(mariadb.url);
    onTestFinished(() => mysqlPool.end());
    const watch = createMysqlFaxWatch({ pool: mysqlPool });
    await watch.migrate();
    await watch.expect("fax_8aZqRm4yT3vK7pNxJ2bH9c", { by: minutesAgo(200) });
    const env = { DATABASE_URL: mariadb.url };
    const { code, stdout } = await cli(["watch"], { env });
    expect(code).toBe(1);
    expect(stdout).toContain("✗ 1 fax owes its final event.");
    const refused = await cli(["watch", "--schema", "clinic"], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--schema is for PostgreSQL") });
  });

  test("an unreachable database exits with 2, and no output has the password", async () => {
    const url = `postgres://clinic:s3cret-p%40ss@127.0.0.1:${await freePort()}/clinic`;
    const { code, stdout, stderr } = await cli(["watch"], { env: { DATABASE_URL: url } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: PostgreSQL cannot be used: connect ECONNREFUSED/);
    expect(stderr).not.toMatch(/s3cret/);
  });
});

describe("watch --mintfax", () => {
  test("lists what mintfax has not ended, with exit code 1; what it has ended is not there", async () => {
    const sandbox = await createSandbox({ timeScale: 1 });
    onTestFinished(() => sandbox.close());
    const env = { MINTFAX_API_KEY: sandbox.apiKey };
    const look = (...args: string[]) =>
      cli(["watch", "--mintfax", "--base-url", sandbox.url, ...args], { env });
    const body = new FormData();
    body.set("to", "+15005550002");
    body.set("file", new File(["%PDF-1.7"], "referral.pdf"));
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    const sent = await fetch(`${sandbox.url}/faxes`, { method: "POST", headers, body });
    const { id } = (await sent.json()) as { id: string };
    expect(await look()).toEqual({
      code: 0,
      stdout: "✓ No fax is open at mintfax for more than 60 min.\n",
      stderr: "",
    });
    const { stdout } = await vi.waitFor(
      async () => {
        const found = await look("--older-than", "1s");
        expect(found.code).toBe(1);
        return found;
      },
      { timeout: 20_000 },
    );
    expect(stdout).toContain(`  ${id}  20`);
    expect(stdout).toContain("✗ 1 fax is open at mintfax for more than 1 s.");
    expect(stdout).not.toMatch(/1500|mfx_/);
    const wrong = await cli(["watch", "--mintfax", "--base-url", sandbox.url], {
      env: { MINTFAX_API_KEY: "mfx_test_8aZqRm4yT3vK7pNxJ2bH9c" },
    });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("not valid any more") });
  });
});

describeAtTerminal("watch at a terminal", () => {
  test.each([40, 80, 120])("of %i columns, the list fits in it", async (columns) => {
    await day();
    const { code, text } = await cliAtTerminal(["watch"], { columns, env: env() });
    expect(code).toBe(1);
    expect(text).toContain("fax_8aZqRm4yT3vK7pNxJ2bH9c");
    expect(longest(text)).toBeLessThanOrEqual(columns);
  });
});
