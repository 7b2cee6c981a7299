import { mkdirSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createClient } from "@libsql/client";
import { createSqliteStore, type SqliteStoreOptions } from "@mintfax-webhooks/sqlite";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { fileSystem } from "../src/network-file-system.ts";
import { newFiles } from "./support/folder.ts";
import { otherProgram } from "./support/other-program.ts";

const newFile = newFiles();
const other = otherProgram();

const KEY = { namespace: "mintfax", id: "evt_1" };
const LEASE_MS = 45_000;

/** What creating the store throws. */
function refusalOf(database: unknown): { code: unknown; message: string } {
  try {
    createSqliteStore({ database: database as SqliteStoreOptions["database"] }).close();
  } catch (error) {
    return { code: (error as { code?: unknown }).code, message: (error as Error).message };
  }
  throw new Error("it was accepted");
}

describe("refused when the store is created", () => {
  test("a directory that does not exist", () => {
    const { code, message } = refusalOf("/var/lib/nowhere/webhooks.db");
    expect(code).toBe("store_misconfigured");
    expect(message).toContain("The directory /var/lib/nowhere of the database cannot be read. Create it");
  });

  test("a directory in place of a file", () => {
    const file = newFile();
    mkdirSync(file);
    expect(refusalOf(file)).toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("cannot be opened"),
    });
  });

  test("a file that is not a database", () => {
    const file = newFile();
    writeFileSync(file, "id,state\n".repeat(1_000));
    expect(refusalOf(file)).toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("is not an SQLite database"),
    });
  });

  test("a database that can only be read", async () => {
    const file = newFile();
    await other.run(file, "CREATE TABLE theirs (id)");
    const database = new BetterSqlite3(file, { readonly: true });
    onTestFinished(() => void database.close());
    expect(refusalOf(database)).toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("cannot be written"),
    });
  });

  test("a table that another version has created", async () => {
    const file = newFile();
    await other.run(file, "CREATE TABLE mintfax_dedup (namespace, id, state, owner, fence, tenant)");
    expect(refusalOf(file)).toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("has the columns namespace id state owner fence tenant; this version"),
    });
  });

  test.each([
    ["a name of a database in memory", ":memory:", "expected the path of a file"],
    ["an empty name", "", "expected the path of a file"],
    ["a URL", "libsql://fax.example", "pass createClient({ url })"],
    ["a number", 5, "expected the path of a file, a database of better-sqlite3"],
    ["null", null, "database is null"],
    ["an open database in memory", new DatabaseSync(":memory:"), "database is in memory"],
    ["a database with callbacks", { prepare: () => ({ all: () => ({}) }), exec() {} }, "sqlite3"],
    ["a transaction of libSQL", { batch() {}, execute() {} }, "a value of type object"],
    ["an open database in memory, of better-sqlite3", new BetterSqlite3(":memory:"), "database is in memory"],
  ])("%s", (_, database, said) => {
    const refusal = refusalOf(database);
    expect(refusal).toMatchObject({ code: "store_invalid", message: expect.stringContaining(said) });
  });

  test("at the first call, a database of libSQL in memory", async () => {
    const database = createClient({ url: ":memory:" });
    onTestFinished(() => database.close());
    await expect(createSqliteStore({ database }).claim(KEY, "me", LEASE_MS)).rejects.toMatchObject({
      code: "store_invalid",
      message: expect.stringContaining("database is in memory"),
    });
  });

  test("a network file system, as /proc/self/mounts tells it", () => {
    const mounts = [
      "/dev/vda / ext4 rw 0 0",
      "10.0.0.9:/share /srv nfs4 rw 0 0",
      "tmpfs /srv/scratch tmpfs rw 0 0",
      "//nas/fax /mnt/a\\040b cifs rw 0 0",
      "me@host: /mnt/ssh fuse.sshfs rw 0 0",
      "",
    ].join("\n");
    expect(fileSystem("/srv/webhooks.db", mounts)).toEqual({ type: "nfs4", isNetwork: true });
    expect(fileSystem("/mnt/a b/webhooks.db", mounts)).toEqual({ type: "cifs", isNetwork: true });
    expect(fileSystem("/mnt/ssh/webhooks.db", mounts)).toEqual({ type: "fuse.sshfs", isNetwork: true });
    expect(fileSystem("/srv/scratch/webhooks.db", mounts)).toMatchObject({ isNetwork: false });
    expect(fileSystem("/srvs/webhooks.db", mounts)).toMatchObject({ isNetwork: false });
    expect(fileSystem("/var/webhooks.db", mounts)).toMatchObject({ isNetwork: false });
  });
});

describe("a database that the application has opened", () => {
  test("is flushed at every commit from then on, and keeps its own time of waiting", async () => {
    const database = new BetterSqlite3(newFile(), { timeout: 1_234 });
    onTestFinished(() => void database.close());
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
    const store = createSqliteStore({ database });
    await store.claim(KEY, "me", LEASE_MS);
    expect(database.pragma("synchronous", { simple: true })).toBe(2);
    expect(database.pragma("busy_timeout", { simple: true })).toBe(1_234);
  });

  test.each<[string, (file: string) => SqliteStoreOptions["database"]]>([
    ["better-sqlite3 with safe integers", (file) => new BetterSqlite3(file).defaultSafeIntegers(true)],
    ["libSQL with integers as texts", (file) => createClient({ url: `file:${file}`, intMode: "string" })],
    ["node:sqlite with bigints", (file) => new DatabaseSync(file, { readBigInts: true })],
    ["node:sqlite that returns lists", (file) => new DatabaseSync(file, { returnArrays: true })],
    [
      "a proxy around it",
      (file) =>
        new Proxy(new BetterSqlite3(file), {
          get(target, name) {
            const value = Reflect.get(target, name, target) as unknown;
            return typeof value === "function" ? value.bind(target) : value;
          },
        }),
    ],
  ])("%s works", async (_, open) => {
    const store = createSqliteStore({ database: open(newFile()) });
    const claim = await store.claim(KEY, "me", LEASE_MS);
    if (claim.state !== "claimed") throw new Error(claim.state);
    expect(await store.claim(KEY, "you", LEASE_MS)).toEqual({ state: "pending" });
    expect(await store.complete(KEY, { owner: "me", fence: claim.fence })).toBe("ok");
    expect(await store.claim(KEY, "you", LEASE_MS)).toEqual({ state: "done" });
    expect(await store.inspect(KEY)).toMatchObject({ state: "done", fence: claim.fence });
  });

  test("rows over which the application iterates are waited for", async () => {
    const database = new BetterSqlite3(newFile());
    onTestFinished(() => void database.close());
    const store = createSqliteStore({ database });
    database.exec("CREATE TABLE theirs (id); INSERT INTO theirs VALUES (1), (2)");
    const rows = database.prepare("SELECT id FROM theirs").iterate();
    rows.next();
    const claim = store.claim(KEY, "me", LEASE_MS);
    await nextTurn();
    await nextTurn();
    rows.return?.();
    expect(await claim).toMatchObject({ state: "claimed" });
  });

  test.each<[string, (file: string) => SqliteStoreOptions["database"] & { exec(sql: string): unknown }]>([
    ["better-sqlite3", (file) => new BetterSqlite3(file)],
    ["node:sqlite", (file) => new DatabaseSync(file)],
  ])("a transaction of the application is waited for, and never committed: %s", async (_, open) => {
    const database = open(newFile());
    const store = createSqliteStore({ database, timeoutMs: 100 });
    database.exec("CREATE TABLE theirs (id); BEGIN; INSERT INTO theirs VALUES (1)");
    await expect(store.claim(KEY, "me", LEASE_MS)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("Your application has a transaction open"),
    });
    const claim = store.claim(KEY, "me", LEASE_MS);
    database.exec("ROLLBACK");
    expect(await claim).toMatchObject({ state: "claimed" });
  });
});
