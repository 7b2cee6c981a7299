import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore, type SqliteStore } from "@mintfax-webhooks/sqlite";
import { freePort } from "test-support/free-port";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hold, LEASE_MS, newKey, type Place, run, testClaims } from "./support/claims-suite.ts";
import { cli } from "./support/cli.ts";
import { cliAtTerminal, describeAtTerminal } from "./support/terminal.ts";

let folder: string;
const stores: SqliteStore[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mintfax-claims-"));
});
afterAll(() => {
  for (const store of stores) store.close();
  rmSync(folder, { recursive: true });
});

function open(): Place {
  const url = join(folder, `${stores.length}.db`);
  const store = createSqliteStore(url);
  stores.push(store);
  return { url, store };
}

describe("SQLite", () => testClaims("SQLite", open));

describe("what is wrong is said, with exit code 2 and nothing of the password", () => {
  test.each<[string, string[], Record<string, string>, string]>([
    ["no store", ["status", "evt_1"], {}, "No store. Set MINTFAX_STORE_URL"],
    [
      "another kind of URL",
      ["pending", "--store", "mongodb://u:s3cret@h/d"],
      {},
      "--store is neither a URL of the form",
    ],
    ...["s3cret/x", "s3cret?x", "s3cret#x", "x@s3cret/y?z", "s3cret:/x"].flatMap((password) =>
      ["postgres", "redis", "mysql"].map((protocol): [string, string[], Record<string, string>, string] => [
        `a password that is not escaped, ${protocol}, ${password}`,
        ["status", "evt_1"],
        { MINTFAX_STORE_URL: `${protocol}://user:${password}@127.0.0.1:1/0` },
        "its URL cannot be read. In a user name or password, write / as %2F",
      ]),
    ),
    ["a file that is missing", ["pending", "--store", "/nowhere/webhooks.db"], {}, "The directory /nowhere"],
    [
      "an option of another store",
      ["pending", "--store", "redis://h", "--table", "t"],
      {},
      "--table is for PostgreSQL and MySQL",
    ],
    ["a prefix without Redis", ["pending", "--store", "x.db", "--prefix", "p"], {}, "--prefix is for Redis"],
    ["a fax's id", ["status", "fax_1", "--store", "x.db"], {}, "this is a fax's"],
    ["an id with a dot", ["status", "evt.1", "--store", "x.db"], {}, "without a dot"],
    [
      "a namespace that cannot be",
      ["status", "evt_1", "--store", "x.db", "--namespace", ""],
      {},
      "--namespace : expected 1 to 256",
    ],
  ])("%s", async (_, args, env, message) => {
    const { code, stdout, stderr } = await cli(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("s3cret");
  });

  test("a store that is down", async () => {
    const port = await freePort();
    for (const url of [
      `postgres://clinic:s3cret-p%40ss@127.0.0.1:${port}/clinic`,
      `mysql://clinic:s3cret-p%40ss@127.0.0.1:${port}/clinic`,
      `redis://:s3cret-p%40ss@127.0.0.1:${port}`,
    ]) {
      const { code, stdout, stderr } = await run(url, "pending");
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^error: (PostgreSQL|MySQL|Redis) cannot be used: .*ECONNREFUSED/);
      expect(stderr).not.toContain("s3cret");
    }
  });

  test("a file that is not a store's, and one that is missing: nothing is created", async () => {
    const text = join(folder, "notes.txt");
    writeFileSync(text, "not a database, and long enough to be looked at: ".repeat(40));
    expect((await run(text, "status", "evt_1")).stderr).toContain("not an SQLite database");
    const other = join(folder, "missing.db");
    expect((await run(other, "status", "evt_1")).stderr).toContain("There is no file");
  });

  test("--env-file is read instead of .env", async () => {
    const { url, store } = open();
    const { key } = await hold(store);
    const file = join(folder, "production.env");
    writeFileSync(file, `MINTFAX_STORE_URL="${url}"\n`);
    expect((await cli(["status", key.id, "--env-file", file], { env: {} })).code).toBe(0);
  });
});

describeAtTerminal("at a terminal", () => {
  test("release asks, says who holds it, and changes nothing at no", async () => {
    const { url, store } = open();
    const { key, holder } = await hold(store);
    const no = await cliAtTerminal(["release", key.id, "--force", "--store", url], {
      when: ["[y/N]", (type) => type("n\n")],
    });
    expect(no.code).toBe(2);
    expect(no.text.replaceAll("\n", " ")).toContain(`process 4711 on web-1 has held ${key.id} for `);
    expect(no.text).toContain("Nothing was changed.");
    expect(await store.renew(key, holder, LEASE_MS)).toBe("ok");
    const yes = await cliAtTerminal(["release", key.id, "--force", "--store", url], {
      when: ["[y/N]", (type) => type("y\n")],
    });
    expect(yes.code).toBe(0);
    expect(await store.complete(key, holder)).toBe("lost");
  });

  test("release of what completes while it asks changes nothing", async () => {
    const { url, store } = open();
    const { key, holder } = await hold(store);
    const { code, text } = await cliAtTerminal(["release", key.id, "--force", "--store", url], {
      when: ["[y/N]", (type) => void Promise.resolve(store.complete(key, holder)).then(() => type("y\n"))],
    });
    expect(code).toBe(1);
    expect(text.replaceAll("\n", " ")).toContain("not released: meanwhile its process has settled it");
    expect((await store.inspect(key)).state).toBe("done");
  });

  test.each([40, 80])("at %i columns no line is longer", async (columns) => {
    const { url, store } = open();
    const { key } = await hold(store);
    await hold(store, newKey("another"));
    for (const command of [["pending"], ["status", key.id], ["forget", key.id]]) {
      const { text } = await cliAtTerminal([...command, "--store", url], { columns });
      const place = new Set([url]);
      const long = text
        .split("\n")
        .filter((line) => line.length > columns && ![...place].some((part) => line.includes(part)));
      expect(long).toEqual([]);
    }
  });
});
