import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { gate } from "test-support/gate";
import { expect, onTestFinished, test, vi } from "vitest";
import { claimed, LEASE_MS, LeaseDatabase, newKey, newKeys } from "./support/lease-database.ts";

const database = new LeaseDatabase();

test("what one turn of the event loop asks for takes one statement for each kind of call", async () => {
  const { store, sent } = database.opened();
  const events = newKeys(32);
  const fences = await Promise.all(events.map((key, n) => claimed(store, key, `owner ${n}`)));
  expect(sent.splice(0)).toHaveLength(1);
  const settled = await Promise.all(
    events.map((key, n) => {
      const holder = { owner: `owner ${n}`, fence: fences[n] ?? 0 };
      if (n % 3 === 0) return store.renew(key, holder, LEASE_MS);
      return n % 3 === 1 ? store.complete(key, holder) : store.release(key, holder);
    }),
  );
  expect(settled).toEqual(Array<string>(32).fill("ok"));
  expect(sent).toHaveLength(3);
  const again = await Promise.all(events.map((key) => store.claim(key, "another", LEASE_MS)));
  expect(again.map(({ state }) => state)).toEqual(
    events.map((_, n) => ["pending", "done", "claimed"][n % 3]),
  );
});

test("a burst of 1,000 takes statements of at most 60 calls, two at a time", async () => {
  const { store, sent, seen } = database.opened();
  await Promise.all(newKeys(1_000).map((key) => claimed(store, key, "me")));
  const counts = sent.map((statement) => countOf(statement) ?? 0);
  expect(counts.reduce((sum, count) => sum + count)).toBe(1_000);
  expect(Math.max(...counts)).toBe(60);
  // One more where a statement took longer than 100 ms.
  expect(seen.most).toBeLessThanOrEqual(3);
});

/** Holds the first statement, with one call, until the test ends. */
async function behindOne() {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const held = gate();
  const { store, sent } = database.opened({}, async (_, query) => {
    const answer = await query();
    if (sent.length === 1) await held.promise;
    return answer;
  });
  // Before the pool is ended, which waits for it.
  onTestFinished(() => {
    vi.useRealTimers();
    held.open();
  });
  const first = claimed(store, newKey(), "first");
  while (sent.length === 0) await new Promise(setImmediate);
  return { store, counts: () => sent.slice(1).map(countOf), first };
}

const countOf = ({ values }: { readonly values?: readonly string[] }) => values?.[0]?.split(",").length;

test("beside a statement under way, the next one is sent once it is full", async () => {
  const { store, counts } = await behindOne();
  const early = newKeys(59).map((key) => claimed(store, key, "me"));
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  await Promise.all([...early, claimed(store, newKey(), "me")]);
  expect(counts()).toEqual([60]);
});

test("beside a statement that has taken 10 ms, the next one is sent as it is", async () => {
  const { store, counts } = await behindOne();
  const next = newKeys(5).map((key) => claimed(store, key, "me"));
  vi.advanceTimersByTime(10);
  await Promise.all(next);
  expect(counts()).toEqual([5]);
});

test("a call that is alone is a statement of its own", async () => {
  const { store, sent } = database.opened();
  const key = newKey();
  const fence = await claimed(store, key, "me");
  expect(await store.complete(key, { owner: "me", fence })).toBe("ok");
  expect(sent.map(({ values }) => values)).toEqual([
    expect.arrayContaining(["mintfax", key.id, "me"]),
    expect.arrayContaining(["mintfax", key.id, "me", String(fence)]),
  ]);
});

test("of two claims of one id in a statement, the first has it, and the second is pending without being asked", async () => {
  const { store, sent } = database.opened();
  const [key, other] = [newKey(), newKey()];
  const [first, second, again] = await Promise.all([
    store.claim(key, "first", LEASE_MS),
    store.claim(key, "second", LEASE_MS),
    store.claim(key, "first", LEASE_MS),
    store.claim(other, "me", LEASE_MS),
  ]);
  expect(first.state).toBe("claimed");
  expect(second).toEqual({ state: "pending" });
  expect(again).toEqual(first);
  expect(sent).toHaveLength(1);
});

test("copies of an id that another process holds, and of one that is done, take one statement", async () => {
  const { store, sent } = database.opened();
  const [held, done] = [newKey(), newKey()];
  await claimed(store, held, "holder");
  await store.complete(done, { owner: "holder", fence: await claimed(store, done, "holder") });
  sent.length = 0;
  const copies = await Promise.all(
    Array.from({ length: 20 }, (_, n) => store.claim(n % 2 === 0 ? held : done, `copy ${n}`, LEASE_MS)),
  );
  expect(copies.map(({ state }) => state)).toEqual(copies.map((_, n) => (n % 2 === 0 ? "pending" : "done")));
  expect(sent).toHaveLength(1);
});

test("the holder that claims again among copies is told its fence", async () => {
  const { store } = database.opened();
  const key = newKey();
  const fence = await claimed(store, key, "holder");
  const answers = await Promise.all(
    ["copy 1", "holder", "copy 2"].map((owner) => store.claim(key, owner, LEASE_MS)),
  );
  expect(answers).toEqual([{ state: "pending" }, { state: "claimed", fence }, { state: "pending" }]);
});

test("in one statement, only the newest holder settles, as often as it asks", async () => {
  const { store } = database.opened();
  const [key, other] = [newKey(), newKey()];
  const stale = await claimed(store, key, "old");
  await database.admin.query("UPDATE mintfax_webhooks SET until = now() WHERE id = $1", [key.id]);
  const fence = await claimed(store, key, "new");
  expect(fence).toBeGreaterThan(stale);
  const calls = [
    { key, holder: { owner: "old", fence: stale }, renewed: "lost" },
    { key, holder: { owner: "new", fence }, renewed: "ok" },
    { key, holder: { owner: "new", fence }, renewed: "ok" },
    { key, holder: { owner: "new", fence: stale }, renewed: "lost" },
    { key, holder: { owner: "old", fence }, renewed: "lost" },
    { key: other, holder: { owner: "new", fence }, renewed: "lost" },
  ];
  // Each of them once as the first.
  for (let first = 0; first < calls.length; first += 1) {
    const order = [...calls.slice(first), ...calls.slice(0, first)];
    const answers = await Promise.all(order.map(({ key, holder }) => store.renew(key, holder, LEASE_MS)));
    expect(answers).toEqual(order.map(({ renewed }) => renewed));
  }
  const settledBy = (settle: "complete" | "release") =>
    Promise.all(calls.map(({ key, holder }) => store[settle](key, holder)));
  expect(await settledBy("complete")).toEqual(["lost", "ok", "ok", "lost", "lost", "lost"]);
  // What is done cannot be released, and what was never claimed counts as free.
  expect(await settledBy("release")).toEqual(["lost", "lost", "lost", "lost", "lost", "ok"]);
});

test("claims that take over, in one statement: higher fences after a lease and after a release, the same one for the holder", async () => {
  const { store, sent } = database.opened();
  const [expired, released, mine] = [newKey(), newKey(), newKey()];
  const fences = await Promise.all([expired, released, mine].map((key) => claimed(store, key, "me")));
  await store.release(released, { owner: "me", fence: fences[1] ?? 0 });
  await database.admin.query("UPDATE mintfax_webhooks SET until = now() WHERE id = $1", [expired.id]);
  sent.length = 0;
  const again = await Promise.all([
    claimed(store, expired, "you"),
    claimed(store, released, "you"),
    claimed(store, mine, "me"),
  ]);
  expect(sent).toHaveLength(1);
  expect(again[0]).toBeGreaterThan(fences[0] ?? 0);
  expect(again[1]).toBeGreaterThan(fences[1] ?? 0);
  expect(again[2]).toBe(fences[2]);
});

test("a statement that only reads writes nothing", async () => {
  const { store } = database.opened();
  const events = newKeys(3);
  await Promise.all(events.map((key) => claimed(store, key, "me")));
  const versions = async () =>
    (
      await database.admin.query("SELECT xmin, xmax, ctid FROM mintfax_webhooks WHERE id = ANY ($1)", [
        events.map(({ id }) => id),
      ])
    ).rows;
  const before = await versions();
  await Promise.all(events.map((key) => store.claim(key, "you", LEASE_MS)));
  expect(await versions()).toEqual(before);
});

test("namespaces share a statement and nothing else, with any characters in them and in the ids", async () => {
  const { store, sent } = database.opened();
  const namespaces = ["a", "b c", 'd"e', "f\\g", "{h,i}", "NULL", "", " ", "ü €", "\n\t", "'; --"];
  const ids = ['evt_"', "evt_\\", "evt_{1,2}", "NULL", "evt_'"];
  const events = namespaces.flatMap((namespace) => ids.map((id) => ({ namespace, id })));
  const fences = await Promise.all(events.map((key, n) => claimed(store, key, `owner "${n}\\`)));
  expect(sent).toHaveLength(1);
  const settled = await Promise.all(
    events.map((key, n) => store.complete(key, { owner: `owner "${n}\\`, fence: fences[n] ?? 0 })),
  );
  expect(new Set(settled)).toEqual(new Set(["ok"]));
  const again = await Promise.all(events.map((key) => store.claim(key, "you", LEASE_MS)));
  expect(new Set(again.map(({ state }) => state))).toEqual(new Set(["done"]));
  expect(sent).toHaveLength(3);
});

test("two processes that ask for the same ids in other orders never wait for each other in a circle", async () => {
  const stores = [database.opened().store, database.opened().store];
  const deadlocks = async () =>
    Number(
      (await database.admin.query("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'"))
        .rows[0].deadlocks,
    );
  const before = await deadlocks();
  for (let round = 0; round < 40; round += 1) {
    const events = newKeys(60);
    const orders = [events, events.toReversed()];
    const claims = await Promise.all(
      stores.map((store, n) =>
        Promise.all((orders[n] ?? []).map((key) => store.claim(key, `process ${n}`, LEASE_MS))),
      ),
    );
    const states = claims.flat().map(({ state }) => state);
    expect(states.filter((state) => state === "claimed")).toHaveLength(60);
    expect(states.filter((state) => state === "pending")).toHaveLength(60);
  }
  expect(await deadlocks()).toBe(before);
});

test("a table that grows by the thousand, not analysed meanwhile, is never read from end to end", async () => {
  const pool = new Pool({ connectionString: database.url }).on("error", () => {});
  const store = createPostgresStore({ pool, table: "growing", timeoutMs: 5_000 });
  await store.migrate();
  await database.admin.query("ALTER TABLE growing SET (autovacuum_enabled = off)");
  const deliver = async () => {
    const events = newKeys(60);
    const fences = await Promise.all(events.map((key) => claimed(store, key, "me")));
    for (const settle of ["renew", "complete"] as const)
      await Promise.all(
        events.map((key, n) => store[settle](key, { owner: "me", fence: fences[n] ?? 0 }, LEASE_MS)),
      );
    const retried = newKeys(60);
    const failed = await Promise.all(retried.map((key) => claimed(store, key, "me")));
    await Promise.all(retried.map((key, n) => store.release(key, { owner: "me", fence: failed[n] ?? 0 })));
    await Promise.all(retried.map((key) => claimed(store, key, "you")));
  };
  for (let n = 0; n < 20; n += 1) await deliver();
  // A connection tells what it has read when it ends.
  await pool.end();
  const scans = async () =>
    (
      await database.admin.query(
        "SELECT seq_scan::int, idx_scan::int FROM pg_stat_user_tables WHERE relname = 'growing'",
      )
    ).rows[0];
  await expect.poll(async () => (await scans()).idx_scan).toBeGreaterThan(5_000);
  // Once to make each index.
  expect(await scans()).toMatchObject({ seq_scan: 2 });
});

test("a pool that is closed meanwhile: calls under way are answered, and later ones fail", async () => {
  const pool = new Pool({ connectionString: database.url }).on("error", () => {});
  const store = createPostgresStore({ pool, timeoutMs: 5_000 });
  const claims = newKeys(100).map((key) => claimed(store, key, "me"));
  const late = expect(Promise.all(claims.slice(60))).rejects.toThrow(/after calling end/);
  await new Promise(setImmediate);
  await Promise.all([pool.end(), ...claims.slice(0, 60)]);
  await late;
  await expect(store.claim(newKey(), "me", LEASE_MS)).rejects.toThrow(/after calling end/);
});
