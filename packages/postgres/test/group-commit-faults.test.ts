import type { DedupKey, MaybePromise } from "@mintfax-webhooks/core/store";
import {
  createPostgresStore,
  createPostgresTransactionalStore,
  type PostgresStore,
} from "@mintfax-webhooks/postgres";
import { Pool, type PoolClient } from "pg";
import { gate } from "test-support/gate";
import { expect, onTestFinished, test, vi } from "vitest";
import { claimed, LEASE_MS, LeaseDatabase, newKey, newKeys } from "./support/lease-database.ts";
import { watchedPool } from "./support/watched-pool.ts";

const database = new LeaseDatabase();

/** What another program does in a transaction that it leaves open. */
async function inTransaction(sql: string, values?: unknown[]): Promise<PoolClient> {
  const client = await database.admin.connect();
  await client.query("BEGIN");
  await client.query(sql, values);
  return client;
}

async function end(client: PoolClient): Promise<void> {
  await client.query("ROLLBACK");
  client.release();
}

/** A trigger on the table that does this for one id. */
async function onId(id: string, action: string): Promise<void> {
  await database.admin.query(`
    CREATE OR REPLACE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF new.id = '${id}' THEN ${action} END IF; RETURN new; END $$;
    CREATE TRIGGER theirs BEFORE INSERT ON mintfax_webhooks FOR EACH ROW EXECUTE FUNCTION theirs()`);
  onTestFinished(() => database.admin.query("DROP TRIGGER theirs ON mintfax_webhooks").then(() => {}));
}

const states = (answers: readonly PromiseSettledResult<{ readonly state: string }>[]) =>
  answers.map((answer) => (answer.status === "fulfilled" ? answer.value.state : answer.status));

test.each([
  "RAISE 'not this one';",
  "RAISE 'not this one' USING ERRCODE = 'serialization_failure';",
  "RAISE 'not this one' USING ERRCODE = 'deadlock_detected';",
  "RAISE 'not this one' USING ERRCODE = 'lock_not_available';",
  "RAISE 'not this one' USING ERRCODE = 'query_canceled';",
])("one id that PostgreSQL refuses fails no other: %s", async (action) => {
  const { store } = database.opened();
  const events = newKeys(5);
  const bad = events[2] as DedupKey;
  await onId(bad.id, action);
  const answers = await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
  expect(states(answers)).toEqual(["claimed", "claimed", "rejected", "claimed", "claimed"]);
  expect(answers[2]).toMatchObject({ reason: { message: "not this one" } });
});

test.each(["LATIN1", "SQL_ASCII"])(
  "%s: one namespace that the database cannot store fails no other",
  async (encoding) => {
    const name = `in_${encoding.toLowerCase()}`;
    await database.admin.query(`CREATE DATABASE ${name} ENCODING '${encoding}' TEMPLATE template0`);
    const url = new URL(database.url);
    url.pathname = name;
    const pool = new Pool({ connectionString: url.href }).on("error", () => {});
    onTestFinished(() => pool.end());
    const store = createPostgresStore({ pool, timeoutMs: 5_000 });
    await store.migrate();
    const namespaces = ["plain", "nul \0", "umlaut ü", "half \ud83d", "euro 日本"];
    const events = namespaces.map((namespace) => ({ namespace, id: "evt_1" }));
    const together = await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
    const alone = [];
    for (const key of events) alone.push(...(await Promise.allSettled([store.claim(key, "me", LEASE_MS)])));
    expect(states(together)).toEqual(states(alone));
    expect(states(together)[0]).toBe("claimed");
    expect(states(together)[1]).toBe("rejected");
  },
);

test("a row that another transaction has locked holds up its own event only", async () => {
  const { store } = database.opened({ timeoutMs: 1_000 });
  const events = newKeys(5);
  const fences = await Promise.all(events.map((key) => claimed(store, key, "me")));
  const holderOf = (n: number) => ({ owner: "me", fence: fences[n] ?? 0 });
  const locked = events[2]?.id;
  const lock = await inTransaction("SELECT FROM mintfax_webhooks WHERE id = $1 FOR UPDATE", [locked]);
  const completing = await Promise.allSettled(events.map((key, n) => store.complete(key, holderOf(n))));
  expect(completing.map(({ status }) => status)).toEqual([
    "fulfilled",
    "fulfilled",
    "rejected",
    "fulfilled",
    "fulfilled",
  ]);
  expect(completing[2]).toMatchObject({ reason: { code: "store_unavailable" } });

  const again = events.map((key, n) => store.complete(key, holderOf(n)));
  await Promise.all(again.filter((_, n) => n !== 2));
  await end(lock);
  expect(await Promise.all(again)).toEqual(Array<string>(5).fill("ok"));
});

test("a takeover of a row that is locked waits alone", async () => {
  const { store } = database.opened({ timeoutMs: 1_000 });
  const events = newKeys(3);
  for (const key of events) await store.release(key, { owner: "me", fence: await claimed(store, key, "me") });
  const lock = await inTransaction("SELECT FROM mintfax_webhooks WHERE id = $1 FOR UPDATE", [events[1]?.id]);
  const answers = await Promise.allSettled(events.map((key) => store.claim(key, "you", LEASE_MS)));
  await end(lock);
  expect(states(answers)).toEqual(["claimed", "rejected", "claimed"]);
});

test("an id that a transaction of the other store works on is pending at once, and holds up no other", async () => {
  const { store } = database.opened({ timeoutMs: 1_000 });
  const transactions = createPostgresTransactionalStore({ pool: database.admin });
  const events = newKeys(5);
  const [begun, done] = [gate(), gate()];
  const transacted = transactions.transact(events[2] as DedupKey, async () => {
    begun.open();
    await done.promise;
    return "commit";
  });
  await begun.promise;
  const answers = await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
  expect(states(answers)).toEqual(["claimed", "claimed", "pending", "claimed", "claimed"]);
  done.open();
  expect(await transacted).toBe("committed");
});

test("statements that hang do not keep later calls from being sent", async () => {
  const { store, sent } = database.opened();
  const events = newKeys(2);
  const theirs = await inTransaction(
    "INSERT INTO mintfax_webhooks SELECT 1, now(), 'mintfax', id, 'released', 'theirs' FROM unnest($1::text[]) AS id",
    [events.map(({ id }) => id)],
  );
  const hanging: Promise<number>[] = [];
  for (const key of events) {
    hanging.push(claimed(store, key, "me"));
    await vi.waitUntil(() => sent.length === hanging.length, { interval: 1 });
  }
  expect(await claimed(store, newKey(), "me")).toBeGreaterThan(0);
  await end(theirs);
  expect(await Promise.all(hanging)).toHaveLength(2);
});

test("an id for which statements hang is alone after two of them, and from then on holds up only itself", async () => {
  const { store } = database.opened({ timeoutMs: 500 });
  const events = newKeys(30);
  const bad = events[10]?.id ?? "";
  await onId(bad, "PERFORM pg_sleep(1); RAISE 'not this one';");
  const claims = async () =>
    states(await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS))));
  expect(await claims()).toEqual(Array<string>(30).fill("rejected"));
  // The server works on that statement for as long as it takes.
  await expect
    .poll(claims, { timeout: 20_000 })
    .toEqual(events.map(({ id }) => (id === bad ? "rejected" : "claimed")));
});

test("calls that came after a statement that was not answered share statements as before", async () => {
  const { store, sent } = database.opened({ timeoutMs: 500 });
  const lock = await inTransaction("LOCK TABLE mintfax_webhooks");
  const cut = await Promise.allSettled(newKeys(30).map((key) => store.claim(key, "me", LEASE_MS)));
  expect(new Set(states(cut))).toEqual(new Set(["rejected"]));
  await end(lock);
  sent.length = 0;
  await Promise.all(newKeys(60).map((key) => claimed(store, key, "me")));
  expect(sent).toHaveLength(1);
});

test("a batch that is cut in the middle: all of it fails and nothing is left of it", async () => {
  const { store } = database.opened();
  const events = newKeys(20);
  const inTheMiddle = await inTransaction(
    "INSERT INTO mintfax_webhooks VALUES (1, now() + interval '1 h', 'mintfax', $1, 'pending', 'theirs')",
    [[...events].map(({ id }) => id).sort()[10]],
  );
  const claims = Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
  const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  await vi.waitUntil(async () => (await database.admin.query(waiting)).rowCount === 1, { timeout: 5_000 });
  await database.admin.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
  expect(new Set(states(await claims))).toEqual(new Set(["rejected"]));
  await end(inTheMiddle);
  const answers = await Promise.allSettled(events.map((key) => store.claim(key, "you", LEASE_MS)));
  expect(new Set(states(answers))).toEqual(new Set(["claimed"]));
});

test("a batch whose answer is lost: all of it fails, and the same owners are told the same when they ask again", async () => {
  let isLost = false;
  const { store, sent } = database.opened({}, async (_, query) => {
    const answer = await query();
    if (isLost) throw new Error("Connection terminated unexpectedly");
    return answer;
  });
  const events = newKeys(10);
  const all = <T>(call: (key: DedupKey, n: number) => MaybePromise<T>) =>
    Promise.allSettled(events.map(async (key, n) => call(key, n)));
  isLost = true;
  expect(states(await all((key) => store.claim(key, "me", LEASE_MS)))).toEqual(
    Array<string>(10).fill("rejected"),
  );
  expect(sent).toHaveLength(1);
  isLost = false;
  const { rows } = await database.admin.query<{ id: string; fence: string }>(
    "SELECT id, fence FROM mintfax_webhooks",
  );
  const fences = events.map(({ id }) => Number(rows.find((row) => row.id === id)?.fence));
  expect(await all((key) => claimed(store, key, "me"))).toEqual(
    fences.map((value) => ({ status: "fulfilled", value })),
  );

  const complete = () => all((key, n) => store.complete(key, { owner: "me", fence: fences[n] ?? 0 }));
  isLost = true;
  expect((await complete()).map(({ status }) => status)).toEqual(Array<string>(10).fill("rejected"));
  isLost = false;
  expect(await complete()).toEqual(Array(10).fill({ status: "fulfilled", value: "ok" }));
});

/**
 * Two claims of one statement, the first of which has been given up before the answer. Calls that are asked for later wait
 * less: both wait for a lane, which two statements hold that are not answered.
 */
async function lateClaims(meanwhile: (store: PostgresStore, first: DedupKey) => Promise<void>) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const [held, answers] = [gate(), gate()];
  let statements = 0;
  const { store, sent } = database.opened({ timeoutMs: 1_000 }, async (_, query) => {
    statements += 1;
    const nth = statements;
    const answer = await query();
    await (nth <= 2 ? held.promise : nth === 3 ? answers.promise : undefined);
    return answer;
  });
  const blockers = newKeys(2);
  const [first, second] = newKeys(2) as [DedupKey, DedupKey];
  const blocked = [];
  for (const key of blockers) {
    blocked.push(store.claim(key, "blocker", LEASE_MS));
    await vi.waitUntil(() => sent.length === blocked.length, { interval: 1 });
  }
  const late = expect(store.claim(first, "late", LEASE_MS)).rejects.toMatchObject({
    code: "store_unavailable",
  });
  vi.advanceTimersByTime(50);
  const inTime = store.claim(second, "in time", LEASE_MS);
  held.open();
  await Promise.all(blocked);
  while (sent.length < 3) await new Promise(setImmediate);
  vi.advanceTimersByTime(960);
  await late;
  await meanwhile(store, first);
  answers.open();
  expect(await inTime).toMatchObject({ state: "claimed" });
  vi.useRealTimers();
  return { store, first };
}

test("a claim that is granted after it was given up is released, and its statement answers the others", async () => {
  const { store, first } = await lateClaims(async () => {});
  await expect.poll(() => store.claim(first, "you", LEASE_MS)).toMatchObject({ state: "claimed" });
});

test("it is not released where the same owner has asked again", async () => {
  let fence = 0;
  const { store, first } = await lateClaims(async (store, first) => {
    fence = await claimed(store, first, "late");
  });
  expect(await store.renew(first, { owner: "late", fence }, LEASE_MS)).toBe("ok");
  expect(await store.claim(first, "you", LEASE_MS)).toEqual({ state: "pending" });
});

test("a call that is given up while its statement waits for a connection is not sent with the others", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const held = gate();
  const { store, sent } = database.opened({ timeoutMs: 1_000, max: 2 }, async (_, query) => {
    const answer = await query();
    if (sent.length <= 2) await held.promise;
    return answer;
  });
  const unanswered: Promise<unknown>[] = [];
  const giveUp = (key: DedupKey) =>
    unanswered.push(expect(store.claim(key, "me", LEASE_MS)).rejects.toThrow(/not answered within/));
  for (const key of newKeys(2)) {
    const before = sent.length;
    giveUp(key);
    await vi.waitUntil(() => sent.length > before, { interval: 1 });
  }
  const [early, late] = newKeys(2) as [DedupKey, DedupKey];
  giveUp(early);
  vi.advanceTimersByTime(50);
  const inTime = claimed(store, late, "me");
  vi.advanceTimersByTime(960);
  await Promise.all(unanswered);
  expect(await inTime).toBeGreaterThan(0);
  vi.useRealTimers();
  held.open();
  const { rows } = await database.admin.query("SELECT id FROM mintfax_webhooks WHERE id = ANY ($1)", [
    [early.id, late.id],
  ]);
  expect(rows).toEqual([{ id: late.id }]);
});

test("calls that were given up while they waited for a connection share a statement when they come again", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { store, pool, sent } = database.opened({ timeoutMs: 1_000, max: 1 });
  const theirs = await pool.connect();
  const events = newKeys(30);
  const claims = () => Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
  const waiting = claims();
  await new Promise(setImmediate);
  vi.advanceTimersByTime(1_000);
  expect(new Set(states(await waiting))).toEqual(new Set(["rejected"]));
  vi.useRealTimers();
  theirs.release();
  expect(new Set(states(await claims()))).toEqual(new Set(["claimed"]));
  expect(sent).toHaveLength(1);
});

test("a missing table: every call of a batch is told what to run, by one statement", async () => {
  const { pool, sent } = watchedPool({ connectionString: database.url });
  const store = createPostgresStore({ pool, table: "missing", timeoutMs: 5_000 });
  const answers = await Promise.allSettled(newKeys(20).map((key) => store.claim(key, "me", LEASE_MS)));
  for (const answer of answers)
    expect(answer).toMatchObject({
      reason: { code: "store_misconfigured", message: expect.stringMatching(/store\.migrate\(\).*42P01/) },
    });
  expect(sent).toHaveLength(1);
});
