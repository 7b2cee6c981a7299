import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@libsql/client";
import { type CheckFinding, checkSetup, createFetchHandler } from "@mintfax-webhooks/core";
import { createSqliteStore, type SqliteStoreOptions } from "@mintfax-webhooks/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";

const newFile = newFiles();

function storeOn(database: SqliteStoreOptions["database"], timeoutMs = 2_000) {
  const store = createSqliteStore({ database, timeoutMs });
  onTestFinished(() => store.close());
  return store;
}

function openFile(file = newFile()): DatabaseSync {
  const database = new DatabaseSync(file);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

/** What is not green, as `code level ok`, and whether a receiver on this store is ready. */
async function notGreen(store: ReturnType<typeof storeOn>) {
  const webhooks = createFetchHandler({ secret: `whsec_${"A".repeat(32)}`, store }).on("*", () => {});
  const { ready, findings } = await checkSetup(webhooks);
  // Some machines keep their temporary files in memory.
  const ours = findings.filter(({ code }) => code !== "sqlite_disk" && code !== "sqlite_space");
  const codes = ours.flatMap(({ code, level, ok }) => (ok === true ? [] : [`${code} ${level} ${ok}`]));
  return { ready, codes, findings };
}

const ofCode = (findings: readonly CheckFinding[], code: string) =>
  findings.find((finding) => finding.code === code);

test.each(Object.entries(DRIVERS))(
  "a store on a database of %s is green, and red without its table",
  async (_, open) => {
    const { database, close } = open(newFile());
    onTestFinished(close);
    const store = storeOn(database);
    const id = await store.claim({ namespace: "mintfax", id: "evt_1" }, "me", 45_000);
    expect(id.state).toBe("claimed");
    const { codes, ready, findings } = await notGreen(store);
    expect({ codes, ready }).toEqual({ codes: [], ready: true });
    expect(findings.slice(3, 6).map(({ code }) => code)).toEqual([
      "sqlite_writable",
      "sqlite_table",
      "sqlite_durability",
    ]);
    if ("execute" in database) await database.execute("DROP TABLE mintfax_dedup");
    else database.exec("DROP TABLE mintfax_dedup");
    expect(await store.check?.()).toContainEqual(
      expect.objectContaining({ code: "sqlite_table", ok: false }),
    );
  },
);

test("a check claims nothing and changes nothing", async () => {
  const file = newFile();
  const store = storeOn(file);
  const other = openFile(file);
  const before = other.prepare("PRAGMA data_version").get();
  await store.check?.();
  expect(other.prepare("PRAGMA data_version").get()).toEqual(before);
  expect(other.prepare("SELECT * FROM mintfax_dedup").all()).toEqual([]);
});

test.each<[fault: string, sql: string, codes: string, ready: boolean]>([
  ["another column", "ALTER TABLE mintfax_dedup ADD COLUMN tenant TEXT", "sqlite_table error false", false],
  ["no index", "DROP INDEX mintfax_dedup_expires", "sqlite_table warning false", true],
  ["synchronous off", "PRAGMA synchronous = OFF", "sqlite_durability warning false", true],
])("a database with %s is red", async (_, sql, code, ready) => {
  const database = openFile();
  const store = storeOn(database);
  database.exec(sql);
  expect(await notGreen(store)).toMatchObject({ ready, codes: [code] });
});

test("a database whose journal another program has changed is red", async () => {
  const database = createClient({ url: `file:${newFile()}` });
  onTestFinished(() => database.close());
  const store = storeOn(database);
  await store.check?.();
  await database.execute("PRAGMA journal_mode = DELETE");
  expect(await notGreen(store)).toMatchObject({ ready: true, codes: ["sqlite_durability warning false"] });
});

describe("a database that does not take writes is red, and the receiver is not ready:", () => {
  const RED = { ready: false, codes: ["sqlite_writable error false"] };

  test("another process has the write lock", async () => {
    const file = newFile();
    const store = storeOn(openFile(file), 50);
    openFile(file).exec("BEGIN IMMEDIATE");
    const found = await notGreen(store);
    expect(found).toMatchObject(RED);
    expect(ofCode(found.findings, "sqlite_writable")?.message).toContain("write lock");
  });

  test("it was closed", async () => {
    const database = openFile();
    const store = storeOn(database);
    database.close();
    expect(await notGreen(store)).toMatchObject(RED);
  });

  test("another program has deleted its journal", async () => {
    const file = newFile();
    const store = storeOn(openFile(file));
    rmSync(`${file}-wal`);
    const found = await notGreen(store);
    expect(found).toMatchObject(RED);
    expect(ofCode(found.findings, "sqlite_writable")?.message).toContain("-wal");
  });
});

test("a file on the machine's disk is green, and the finding names the file system", async () => {
  const finding = ofCode((await notGreen(storeOn(newFile()))).findings, "sqlite_disk");
  const type = execFileSync("stat", ["-f", "-c", "%T", "/tmp"], { encoding: "utf8" });
  expect(finding?.ok).toBe(!type.startsWith("tmpfs"));
});

const TMPFS_MAGIC = 0x0102_1994;

function isMemory(folder: string): boolean {
  try {
    return statfsSync(folder).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

test.runIf(isMemory("/dev/shm"))("a file in memory is red (needs /dev/shm)", async () => {
  const folder = mkdtempSync("/dev/shm/mintfax-");
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { findings, ready } = await notGreen(storeOn(join(folder, "webhooks.db")));
  expect(ready).toBe(true);
  expect(ofCode(findings, "sqlite_disk")).toMatchObject({
    ok: false,
    message: expect.stringContaining("tmpfs"),
  });
});

/** With a file system of its own, of 8 MiB. */
const NAMESPACE = ["--user", "--map-root-user", "--mount", "sh", "-c"];
const MOUNT = "mount -t tmpfs -o size=8m tmpfs /mnt";
const CAN_MOUNT = spawnSync("unshare", [...NAMESPACE, MOUNT]).status === 0;

test.runIf(CAN_MOUNT)("a disk with less than 64 MiB left is red (needs unshare)", async () => {
  const program = `
    import { createSqliteStore } from "@mintfax-webhooks/sqlite";
    const store = createSqliteStore("/mnt/webhooks.db");
    console.log(JSON.stringify(await store.check()));`;
  const node = [process.execPath, "--conditions=source", "--input-type=module", "-e", program];
  const quoted = node.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const options = { encoding: "utf8", cwd: import.meta.dirname } as const;
  const findings: CheckFinding[] = JSON.parse(
    execFileSync("unshare", [...NAMESPACE, `${MOUNT} && exec ${quoted}`], options),
  );
  expect(ofCode(findings, "sqlite_space")).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^[0-7] MiB are free/),
  });
});
