import { existsSync, writeFileSync } from "node:fs";
import { createFaxWatch, createSqliteStore, type SqliteStore } from "@mintfax-webhooks/sqlite";
import { expect, onTestFinished, test } from "vitest";
import { DRIVERS } from "./support/drivers.ts";
import { newFiles } from "./support/folder.ts";
import { otherProgram } from "./support/other-program.ts";

const LEASE_MS = 45_000;
const newFile = newFiles();
const other = otherProgram();

async function idsOf(store: SqliteStore, namespace?: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of store.pending(namespace)) ids.push(`${key?.namespace} ${key?.id}`);
  return ids;
}

test.each(Object.entries(DRIVERS))(
  "%s: it lists what is held, the oldest first, while another program has the write lock",
  async (_, open) => {
    const file = newFile();
    const { database, close } = open(file);
    const store = createSqliteStore({ database });
    onTestFinished(() => close());
    for (const namespace of ["mintfax", "other"]) {
      for (const id of ["done", "held", "released"]) {
        const claim = await store.claim({ namespace, id }, "me", LEASE_MS);
        const holder = { owner: "me", fence: claim.state === "claimed" ? claim.fence : 0 };
        if (id === "done") await store.complete({ namespace, id }, holder);
        if (id === "released") await store.release({ namespace, id }, holder);
      }
    }
    await other.keep(file, "BEGIN IMMEDIATE");
    expect(await idsOf(store)).toEqual(["mintfax held", "other held"]);
    expect(await idsOf(store, "other")).toEqual(["other held"]);
    for await (const claim of store.pending()) {
      expect(claim.owner).toBe("me");
      expect(claim.untilMs).toBeGreaterThan(claim.nowMs);
      expect(claim.claimedMs).toBeLessThanOrEqual(claim.nowMs);
    }
    await other.leave(file);
  },
);

const refusalOf = (open: () => unknown): unknown => {
  try {
    return open();
  } catch (error) {
    return error;
  }
};

test("create: false: neither a file nor a table is created, and another application's file stays as it is", async () => {
  const missing = newFile();
  const theirs = newFile();
  await other.run(theirs, "CREATE TABLE theirs (id)");
  const text = newFile();
  writeFileSync(text, "not a database");
  for (const open of [createSqliteStore, createFaxWatch]) {
    for (const database of [missing, theirs, text]) {
      expect(refusalOf(() => open({ database, create: false }))).toMatchObject({
        code: "store_misconfigured",
      });
    }
  }
  expect(existsSync(missing)).toBe(false);
  expect(existsSync(`${theirs}-wal`)).toBe(false);
});

test("create: false: an existing store works", async () => {
  const file = newFile();
  const first = createSqliteStore(file);
  await first.claim({ namespace: "mintfax", id: "evt_1" }, "me", LEASE_MS);
  first.close();
  const store = createSqliteStore({ database: file, create: false });
  onTestFinished(() => store.close());
  expect(await idsOf(store)).toEqual(["mintfax evt_1"]);
});
