import { createSqliteStore, type SqliteStore } from "@mintfax-webhooks/sqlite";
import BetterSqlite3 from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { newFiles } from "./support/folder.ts";
import { otherProgram } from "./support/other-program.ts";

const newFile = newFiles();
const other = otherProgram();

const LEASE_MS = 45_000;
const keyOf = (id: number | string) => ({ namespace: "mintfax", id: `evt_${id}` });

/** A store, and how many transactions it has committed. */
function counted(file: string): { store: SqliteStore; commits(): number } {
  const database = new BetterSqlite3(file);
  onTestFinished(() => void database.close());
  let commits = 0;
  const store = createSqliteStore({
    database: {
      prepare: (sql: string) => database.prepare(sql),
      exec(sql: string) {
        if (sql === "COMMIT") commits += 1;
        return database.exec(sql);
      },
    },
  });
  commits = 0;
  return { store, commits: () => commits };
}

test("what one turn of the event loop asks for is committed at once", async () => {
  const { store, commits } = counted(newFile());
  const claims = await Promise.all(
    Array.from({ length: 32 }, (_, i) => store.claim(keyOf(i), `owner ${i}`, LEASE_MS)),
  );
  expect(commits()).toBe(1);
  const settlements = await Promise.all(
    claims.map((claim, i) => {
      const holder = { owner: `owner ${i}`, fence: claim.state === "claimed" ? claim.fence : 0 };
      if (i % 3 === 0) return store.renew(keyOf(i), holder, LEASE_MS);
      return i % 3 === 1 ? store.complete(keyOf(i), holder) : store.release(keyOf(i), holder);
    }),
  );
  expect(settlements).toEqual(Array<string>(32).fill("ok"));
  expect(commits()).toBe(2);
});

test("a burst of 2,000 is committed in four parts, so that the event loop turns in between", async () => {
  const { store, commits } = counted(newFile());
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    handle = setImmediate(turn);
  };
  let handle = setImmediate(turn);
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => store.claim(keyOf(i), "me", LEASE_MS)));
  clearImmediate(handle);
  expect(commits()).toBe(4);
  expect(turns).toBeGreaterThanOrEqual(3);
});

test("of two claims of one id in one transaction, the first has it", async () => {
  const { store } = counted(newFile());
  const [first, second, again] = await Promise.all([
    store.claim(keyOf(1), "first", LEASE_MS),
    store.claim(keyOf(1), "second", LEASE_MS),
    store.claim(keyOf(1), "first", LEASE_MS),
  ]);
  expect(first.state).toBe("claimed");
  expect(second).toEqual({ state: "pending" });
  expect(again).toEqual(first);
});

test("a statement that fails fails the whole transaction, of which nothing is left", async () => {
  const file = newFile();
  const { store } = counted(file);
  await other.run(
    file,
    "CREATE TRIGGER theirs BEFORE INSERT ON mintfax_dedup WHEN new.id = 'evt_bad' BEGIN SELECT RAISE(ABORT, 'not this one'); END",
  );
  const answers = await Promise.allSettled([
    store.claim(keyOf(1), "me", LEASE_MS),
    store.claim(keyOf("bad"), "me", LEASE_MS),
    store.claim(keyOf(2), "me", LEASE_MS),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(answers[0]).toMatchObject({
    reason: { code: "store_unavailable", message: expect.stringContaining("not this one") },
  });
  for (const id of [1, 2])
    expect(await store.claim(keyOf(id), "you", LEASE_MS)).toMatchObject({ state: "claimed" });
});

test("a table that another program has dropped is created anew", async () => {
  const file = newFile();
  const { store } = counted(file);
  await other.run(file, "DROP TABLE mintfax_dedup");
  await expect(store.claim(keyOf(1), "me", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
  expect(await store.claim(keyOf(1), "me", LEASE_MS)).toMatchObject({ state: "claimed" });
});

test("while another program holds the write lock, the event loop turns, and the claim comes after it", async () => {
  const file = newFile();
  const { store } = counted(file);
  await other.keep(file, "BEGIN IMMEDIATE");
  const claim = store.claim(keyOf(1), "me", LEASE_MS);
  // The other program can only be told to leave by an event loop that turns.
  await other.leave(file);
  expect(await claim).toMatchObject({ state: "claimed" });
});

test("ids past their retention are deleted by itself, a few with each transaction", async () => {
  const file = newFile();
  const { store } = counted(file);
  await other.run(
    file,
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     INSERT INTO mintfax_dedup SELECT 'mintfax', 'evt_old_' || i, 'done', '', 1, 0, i FROM n`,
  );
  const left = (): number => {
    const database = new BetterSqlite3(file, { readonly: true });
    const count = database
      .prepare("SELECT count(*) FROM mintfax_dedup WHERE id LIKE 'evt_old_%'")
      .pluck()
      .get();
    database.close();
    return count as number;
  };
  await store.claim(keyOf(1), "me", LEASE_MS);
  expect(left()).toBe(1_000 - 102);
  for (let i = 2; i <= 10; i++) await store.claim(keyOf(i), "me", LEASE_MS);
  expect(left()).toBe(0);
});
