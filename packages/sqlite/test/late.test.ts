import { createClient } from "@libsql/client";
import { createSqliteStore, type LibsqlClient } from "@mintfax-webhooks/sqlite";
import { gate } from "test-support/gate";
import { expect, onTestFinished, test } from "vitest";
import { newFiles } from "./support/folder.ts";

const newFile = newFiles();

const LEASE_MS = 45_000;
const KEY = { namespace: "mintfax", id: "evt_1" };

/** A client whose server does what it is asked, and whose answers wait while `silent` is set. */
function muffled() {
  const client = createClient({ url: `file:${newFile()}` });
  onTestFinished(() => client.close());
  const state: { silent: Promise<void> | undefined; batches: number } = { silent: undefined, batches: 0 };
  const database: LibsqlClient = {
    protocol: "http",
    execute: (sql) => client.execute(sql),
    async batch(statements, mode) {
      state.batches += 1;
      const answer = await client.batch(statements, mode);
      await state.silent;
      return answer;
    },
  };
  return { database, state };
}

test("a claim that is granted too late is given back", async () => {
  const { database, state } = muffled();
  const store = createSqliteStore({ database, timeoutMs: 100 });
  await store.forget(KEY);
  const speech = gate();
  state.silent = speech.promise;
  await expect(store.claim(KEY, "me", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
  state.silent = undefined;
  expect(await store.claim(KEY, "you", LEASE_MS)).toEqual({ state: "pending" });
  speech.open();
  await expect.poll(() => store.claim(KEY, "you", LEASE_MS)).toMatchObject({ state: "claimed" });
});

test("it is not given back where the same owner has asked again", async () => {
  const { database, state } = muffled();
  const store = createSqliteStore({ database, timeoutMs: 100 });
  await store.forget(KEY);
  const speech = gate();
  state.silent = speech.promise;
  await expect(store.claim(KEY, "me", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
  state.silent = undefined;
  const again = await store.claim(KEY, "me", LEASE_MS);
  if (again.state !== "claimed") throw new Error(again.state);
  const before = state.batches;
  speech.open();
  expect(await store.renew(KEY, { owner: "me", fence: again.fence }, LEASE_MS)).toBe("ok");
  expect(state.batches).toBe(before + 1);
  expect(await store.claim(KEY, "you", LEASE_MS)).toEqual({ state: "pending" });
});

test("calls that wait behind one that hangs are unavailable in time, and later ones go through", async () => {
  const { database, state } = muffled();
  const store = createSqliteStore({ database, timeoutMs: 100 });
  await store.forget(KEY);
  const speech = gate();
  state.silent = speech.promise;
  const hung = store.claim(KEY, "me", LEASE_MS);
  const behind = Promise.resolve().then(() => store.claim({ ...KEY, id: "evt_2" }, "me", LEASE_MS));
  await expect(hung).rejects.toMatchObject({ code: "store_unavailable" });
  await expect(behind).rejects.toMatchObject({ code: "store_unavailable" });
  state.silent = undefined;
  expect(await store.claim({ ...KEY, id: "evt_3" }, "me", LEASE_MS)).toMatchObject({ state: "claimed" });
  speech.open();
});

test("an answer that the statements cannot give is unavailable, and never done or lost", async () => {
  const { database } = muffled();
  const holder = { owner: "me", fence: 1 };
  for (const answer of [
    [],
    [{ rows: [] }, { rows: [] }, { rows: [] }],
    [{ rows: "none" }],
    undefined,
    "ok",
  ]) {
    const store = createSqliteStore({ database: { ...database, batch: async () => answer as never } });
    for (const call of [
      store.claim(KEY, "me", LEASE_MS),
      store.complete(KEY, holder),
      store.release(KEY, holder),
    ])
      await expect(call, JSON.stringify(answer)).rejects.toMatchObject({ code: "store_unavailable" });
  }
});
