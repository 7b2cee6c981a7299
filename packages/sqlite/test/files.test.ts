import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createSqliteStore, type SqliteStore } from "@mintfax-webhooks/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { newFiles } from "./support/folder.ts";
import { otherProgram } from "./support/other-program.ts";

const newFile = newFiles();
const other = otherProgram();

const LEASE_MS = 45_000;
const keyOf = (id: number) => ({ namespace: "mintfax", id: `evt_${id}` });

function open(database: string | DatabaseSync): SqliteStore {
  const store = createSqliteStore({ database });
  onTestFinished(() => store.close());
  return store;
}

async function finish(store: SqliteStore, id: number): Promise<void> {
  const claim = await store.claim(keyOf(id), "me", LEASE_MS);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(await store.complete(keyOf(id), { owner: "me", fence: claim.fence })).toBe("ok");
}

let claims = 0;
async function stateOf(store: SqliteStore, id: number): Promise<string> {
  claims += 1;
  return (await store.claim(keyOf(id), `owner ${claims}`, LEASE_MS)).state;
}

test("what was done is remembered after the store was closed, and nothing is left beside the file", async () => {
  const file = newFile();
  const store = createSqliteStore(file);
  await finish(store, 1);
  store.close();
  expect([existsSync(`${file}-wal`), existsSync(`${file}-shm`)]).toEqual([false, false]);
  await expect(store.claim(keyOf(1), "me", LEASE_MS)).rejects.toMatchObject({
    code: "store_misconfigured",
    message: expect.stringContaining("Close it after webhooks.drain()"),
  });
  expect(await stateOf(open(file), 1)).toBe("done");
});

test("a file that was deleted under two stores is opened anew by both, which then agree again", async () => {
  const file = newFile();
  const [one, two] = [open(file), open(file)];
  await finish(one, 1);
  expect(await stateOf(two, 1)).toBe("done");
  for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name);
  await finish(one, 2);
  expect(await stateOf(two, 2)).toBe("done");
  expect(await stateOf(two, 1)).toBe("claimed");
  expect(await stateOf(one, 1)).toBe("pending");
});

test("a backup that is put in the place of the file is taken", async () => {
  const file = newFile();
  const store = open(file);
  await finish(store, 1);
  await other.run(file, `VACUUM INTO '${file}.backup'`);
  await finish(store, 2);
  for (const name of [`${file}-wal`, `${file}-shm`]) rmSync(name);
  renameSync(`${file}.backup`, file);
  expect(await stateOf(store, 1)).toBe("done");
  expect(await stateOf(store, 2)).toBe("claimed");
});

test("a file that was deleted under the application's own connection is refused", async () => {
  const file = newFile();
  using database = new DatabaseSync(file);
  const store = open(database);
  await finish(store, 1);
  rmSync(file);
  await expect(store.claim(keyOf(2), "me", LEASE_MS)).rejects.toMatchObject({
    code: "store_misconfigured",
    message: expect.stringContaining("has deleted or replaced"),
  });
});

test("a journal that was deleted is refused, and a restart finds all that was in it", async () => {
  const file = newFile();
  const store = createSqliteStore(file);
  await finish(store, 1);
  rmSync(`${file}-wal`);
  await expect(store.claim(keyOf(2), "me", LEASE_MS)).rejects.toMatchObject({
    code: "store_misconfigured",
    message: expect.stringContaining("Restart all processes"),
  });
  store.close();
  const again = open(file);
  expect(await stateOf(again, 1)).toBe("done");
  expect(await stateOf(again, 2)).toBe("claimed");
});

test("a directory that was moved away with the file is misconfigured until it is back", async () => {
  const file = newFile();
  const folder = `${file}.folder`;
  mkdirSync(folder);
  const store = open(`${folder}/webhooks.db`);
  await finish(store, 1);
  renameSync(folder, `${folder}-away`);
  await expect(store.claim(keyOf(2), "me", LEASE_MS)).rejects.toMatchObject({ code: "store_misconfigured" });
  renameSync(`${folder}-away`, folder);
  expect(await stateOf(store, 1)).toBe("done");
});

test("VACUUM, a checkpoint and a backup by other programs lose nothing", async () => {
  const file = newFile();
  const store = open(file);
  for (const [index, sql] of [
    "VACUUM",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    `VACUUM INTO '${file}.copy'`,
    "REINDEX; ANALYZE",
  ].entries()) {
    await finish(store, index);
    await other.run(file, sql);
  }
  for (const index of [0, 1, 2, 3]) expect(await stateOf(store, index)).toBe("done");
});

test("a reader that stays keeps no claim waiting, and the journal does not grow without end", async () => {
  const file = newFile();
  const store = open(file);
  await finish(store, 0);
  await other.keep(file, "BEGIN; SELECT count(*) FROM mintfax_dedup");
  for (let id = 1; id <= 50; id++) await finish(store, id);
  await other.leave(file);
  expect(statSync(`${file}-wal`).size).toBeLessThan(5_000_000);
});
