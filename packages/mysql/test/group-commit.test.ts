import type { DedupKey, Holder } from "@mintfax-webhooks/core/store";
import { createMysqlStore, type MysqlStore, type MysqlStoreOptions } from "@mintfax-webhooks/mysql";
import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import { gate } from "test-support/gate";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const LEASE_MS = 60_000;

describe.runIf(HAS_MARIADB)("calls of one turn, on MariaDB", () => {
  let server: MariadbServer;
  let admin: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start();
    admin = createPool({ uri: server.url, multipleStatements: true });
    await createMysqlStore({ pool: admin }).migrate();
  }, 60_000);
  beforeEach(async () => {
    await admin.query("DELETE FROM mintfax_webhooks");
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  let ids = 0;
  const newKey = (): DedupKey => ({ namespace: "mintfax", id: `evt_${++ids}` });
  const newKeys = (count: number): DedupKey[] => Array.from({ length: count }, newKey);

  type Around = (query: () => Promise<unknown>, sql: string) => Promise<unknown>;

  /** @param around what happens around each statement */
  function opened(options: Partial<MysqlStoreOptions> = {}, around: Around = (query) => query()) {
    const sent: string[] = [];
    const real = createPool(server.url);
    onTestFinished(() => real.end().catch(() => {}));
    const watched = new WeakSet<PoolConnection>();
    const pool = {
      async getConnection() {
        const connection = await real.getConnection();
        if (watched.has(connection)) return connection;
        watched.add(connection);
        const query = connection.query.bind(connection) as (options: { sql: string }) => Promise<unknown>;
        return Object.assign(connection, {
          query(asked: { sql: string }) {
            sent.push(/INSERT|UPDATE|SELECT/.exec(asked.sql)?.[0] ?? asked.sql);
            return around(() => query(asked), asked.sql);
          },
        });
      },
    } as unknown as Pool;
    return { store: createMysqlStore({ pool, timeoutMs: 5_000, ...options }), sent };
  }

  async function claimed(store: MysqlStore, key: DedupKey, owner: string): Promise<number> {
    const claim = await store.claim(key, owner, LEASE_MS);
    if (claim.state !== "claimed") throw new Error(`${key.id}: ${claim.state}`);
    return claim.fence;
  }

  const statesOf = (answers: readonly PromiseSettledResult<{ readonly state: string }>[]) =>
    answers.map((answer) => (answer.status === "fulfilled" ? answer.value.state : answer.status));

  test("claims of new ids take one statement, as do renewals, completions and releases; those of held ids take two more", async () => {
    const { store, sent } = opened();
    const events = newKeys(33);
    const fences = await Promise.all(events.map((key, n) => claimed(store, key, `owner ${n}`)));
    expect(sent.splice(0)).toEqual(["INSERT"]);
    const settled = await Promise.all(
      events.map((key, n) => {
        const holder = { owner: `owner ${n}`, fence: fences[n] ?? 0 };
        if (n % 3 === 0) return store.renew(key, holder, LEASE_MS);
        return n % 3 === 1 ? store.complete(key, holder) : store.release(key, holder);
      }),
    );
    expect(settled).toEqual(Array<string>(33).fill("ok"));
    expect(sent.splice(0)).toEqual(["UPDATE", "UPDATE", "UPDATE"]);
    const again = await Promise.all(
      [...events, newKey()].map((key) => store.claim(key, "another", LEASE_MS)),
    );
    expect(sent).toEqual(["INSERT", "SELECT", "INSERT"]);
    expect(again.map(({ state }) => state)).toEqual(
      [...events, "new"].map((_, n) => ["pending", "done", "claimed"][n === events.length ? 2 : n % 3]),
    );
  });

  test("claims of new ids and of one known id in a statement: each is told its own fence, wherever the known id stands", async () => {
    const { store } = opened();
    for (let at = 0; at < 3; at += 1) {
      const events = newKeys(3);
      const known = events[at] as DedupKey;
      const old = await claimed(store, known, "old");
      const answers = await Promise.all(events.map((key) => store.claim(key, "me", LEASE_MS)));
      expect(answers.map(({ state }) => state)).toEqual(
        events.map((key) => (key === known ? "pending" : "claimed")),
      );
      const settled = events.map((key, n) => {
        const claim = answers[n];
        return claim?.state === "claimed"
          ? store.complete(key, { owner: "me", fence: claim.fence })
          : store.complete(key, { owner: "old", fence: old });
      });
      expect(await Promise.all(settled)).toEqual(["ok", "ok", "ok"]);
    }
  });

  test("a settlement that does not count leaves the others of its statement to statements of their own", async () => {
    const { store, sent } = opened();
    const events = newKeys(4);
    const fences = await Promise.all(events.map((key) => claimed(store, key, "me")));
    sent.splice(0);
    const holders = fences.map((fence, n) => ({ owner: "me", fence: n === 3 ? fence - 1 : fence }));
    const complete = (keys: readonly DedupKey[]) =>
      Promise.all(keys.map((key, n) => store.complete(key, holders[n] as Holder)));
    expect(await complete(events)).toEqual(["ok", "ok", "ok", "lost"]);
    expect(sent.splice(0)).toEqual(Array<string>(5).fill("UPDATE"));
    // Likewise where an id has no row.
    expect(await complete([...events.slice(0, 3), newKey()])).toEqual(["ok", "ok", "ok", "lost"]);
    expect(sent).toEqual(Array<string>(5).fill("UPDATE"));
  });

  test.each([
    ["without the flag FOUND_ROWS", { flags: ["-FOUND_ROWS"] }],
    ["with big numbers as text", { supportBigNumbers: true, bigNumberStrings: true }],
  ])("a pool %s: claims, completions and their repetitions share statements", async (_, set) => {
    const pool = createPool({ uri: server.url, ...set });
    onTestFinished(() => pool.end());
    const store = createMysqlStore({ pool, timeoutMs: 5_000 });
    const holders = await Promise.all(
      newKeys(20).map(async (key) => ({ key, owner: "me", fence: await claimed(store, key, "me") })),
    );
    const questions = async () => {
      const [rows] = await admin.query("SHOW GLOBAL STATUS LIKE 'Com_update%'");
      return (rows as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
    };
    const before = await questions();
    for (let times = 0; times < 2; times += 1) {
      const settled = await Promise.all(holders.map(({ key, ...holder }) => store.complete(key, holder)));
      expect(settled).toEqual(Array<string>(20).fill("ok"));
    }
    expect((await questions()) - before).toBe(2);
  });

  test("an answer that counts fewer rows than calls is not taken for an answer to all", async () => {
    const { store } = opened({}, async (query, sql) => {
      const answer = (await query()) as [{ affectedRows: number }];
      if (sql.includes("UPDATE")) answer[0].affectedRows -= 1;
      return answer;
    });
    const holders = await Promise.all(
      newKeys(2).map(async (key) => ({ key, owner: "me", fence: await claimed(store, key, "me") })),
    );
    const settled = holders.map(({ key, ...holder }) => store.complete(key, holder));
    for (const answer of settled) await expect(answer).rejects.toMatchObject({ code: "store_misconfigured" });
  });

  test("a claim that begins its holder's lease anew is answered so, although the holder completes right behind the statement", async () => {
    const others = opened().store;
    const [key, held] = [newKey(), newKey()];
    const fence = await claimed(others, key, "me");
    await claimed(others, held, "you");
    await admin.query("UPDATE mintfax_webhooks SET until = 0 WHERE id = ?", [key.id]);
    const behind: unknown[] = [];
    const { store } = opened({}, async (query, sql) => {
      const answer = await query();
      if (sql.includes("INSERT")) {
        behind.push(await others.claim(key, "you", LEASE_MS));
        behind.push(await others.complete(key, { owner: "me", fence }));
      }
      return answer;
    });
    const answers = await Promise.all([key, held].map((each) => store.claim(each, "me", LEASE_MS)));
    expect(answers).toEqual([{ state: "claimed", fence }, { state: "pending" }]);
    expect(behind).toEqual([{ state: "pending" }, "ok"]);
  });

  test.each([
    ["they all count", (fence: number) => fence],
    ["another does not count", (fence: number) => fence - 1],
  ])(
    "what others do to a row right behind a statement does not change its answer: %s",
    async (_, fenceOf) => {
      const others = opened().store;
      const [completed, released, other] = [newKey(), newKey(), newKey()];
      const { store } = opened({}, async (query, sql) => {
        const answer = await query();
        if (sql.includes("UPDATE")) {
          await others.forget(completed);
          await others.claim(completed, "you", LEASE_MS);
          await others.claim(released, "you", LEASE_MS);
        }
        return answer;
      });
      const holderOf = async (key: DedupKey) => ({ owner: "me", fence: await claimed(others, key, "me") });
      const [first, second, third] = [
        await holderOf(completed),
        await holderOf(released),
        await holderOf(other),
      ];
      const otherHolder = { ...third, fence: fenceOf(third.fence) };
      const completions = await Promise.all([
        store.complete(completed, first),
        store.complete(other, otherHolder),
      ]);
      expect(completions[0]).toBe("ok");
      const another = await holderOf(newKey());
      const releases = await Promise.all([
        store.release(released, second),
        store.release(newKey(), { ...another, fence: fenceOf(another.fence) }),
      ]);
      expect(releases[0]).toBe("ok");
    },
  );

  test("of two claims of one id in a statement, the first has it, and the holder's own is told its fence", async () => {
    const { store } = opened();
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
    const copies = ["copy 1", "first", "copy 2"].map((owner) => store.claim(key, owner, LEASE_MS));
    expect(await Promise.all(copies)).toEqual([{ state: "pending" }, first, { state: "pending" }]);
  });

  test("in one statement, only the newest holder settles, as often as it asks", async () => {
    const { store } = opened();
    const [key, other] = [newKey(), newKey()];
    const stale = await claimed(store, key, "old");
    await admin.query("UPDATE mintfax_webhooks SET until = 0 WHERE id = ?", [key.id]);
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
    const { store } = opened();
    const [expired, released, mine] = [newKey(), newKey(), newKey()];
    const fences = await Promise.all([expired, released, mine].map((key) => claimed(store, key, "me")));
    await store.release(released, { owner: "me", fence: fences[1] ?? 0 });
    await admin.query("UPDATE mintfax_webhooks SET until = 0 WHERE id = ?", [expired.id]);
    const again = await Promise.all([
      claimed(store, expired, "you"),
      claimed(store, released, "you"),
      claimed(store, mine, "me"),
    ]);
    expect(again[0]).toBeGreaterThan(fences[0] ?? 0);
    expect(again[1]).toBeGreaterThan(fences[1] ?? 0);
    expect(again[2]).toBe(fences[2]);
  });

  test("renewals for leases of other lengths in one turn: each gets its own", async () => {
    const { store } = opened();
    const events = newKeys(3);
    const fences = await Promise.all(events.map((key) => claimed(store, key, "me")));
    const lengths = [10_000, 20_000, 20_000];
    const renewed = events.map((key, n) =>
      store.renew(key, { owner: "me", fence: fences[n] ?? 0 }, lengths[n] ?? 0),
    );
    expect(await Promise.all(renewed)).toEqual(["ok", "ok", "ok"]);
    for (const [n, key] of events.entries()) {
      const look = await store.inspect(key);
      if (look.state !== "pending") throw new Error(look.state);
      const leftMs = (look.untilMs ?? 0) - look.nowMs;
      expect(Math.ceil(leftMs / 10_000)).toBe((lengths[n] ?? 0) / 10_000);
    }
  });

  test("namespaces share a statement and nothing else, with any characters in them and in the ids", async () => {
    const { store, sent } = opened();
    const namespaces = ["a", "A", "b c", 'd"e', "f\\g", "?", ":h", "", " ", "ü €", "\n\t", "'; --"];
    const events = namespaces.flatMap((namespace) =>
      ['evt_"', "evt_\\", "evt_A", "evt_a", "evt_'"].map((id) => ({ namespace, id })),
    );
    const fences = await Promise.all(events.map((key, n) => claimed(store, key, `owner "${n}\\`)));
    expect(sent).toEqual(["INSERT"]);
    const settled = await Promise.all(
      events.map((key, n) => store.complete(key, { owner: `owner "${n}\\`, fence: fences[n] ?? 0 })),
    );
    expect(new Set(settled)).toEqual(new Set(["ok"]));
    const again = await Promise.all(events.map((key) => store.claim(key, "you", LEASE_MS)));
    expect(new Set(again.map(({ state }) => state))).toEqual(new Set(["done"]));
  });

  test.each(["REPEATABLE READ", "SERIALIZABLE"])(
    "two processes at %s that ask for the same ids in other orders: each event is claimed once, completed, and no call fails",
    async (level) => {
      await admin.query(`SET GLOBAL TRANSACTION ISOLATION LEVEL ${level}`);
      onTestFinished(() =>
        admin.query("SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ").then(() => {}),
      );
      const stores = [opened().store, opened().store];
      for (let round = 0; round < 20; round += 1) {
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
        const completions = claims.flatMap((answers, n) =>
          answers.map((claim, at) =>
            stores[n]?.complete(orders[n]?.[at] as DedupKey, {
              owner: `process ${n}`,
              fence: claim.state === "claimed" ? claim.fence : 1,
            }),
          ),
        );
        const settled = await Promise.all(completions);
        expect(settled.filter((answer) => answer === "ok")).toHaveLength(60);
      }
    },
  );

  test.each([1205, 1213])(
    "a statement for many that ends with error %i is asked again, each call alone",
    async (errno) => {
      let fails = true;
      const { store, sent } = opened({}, async (query) => {
        if (!fails) return query();
        fails = false;
        throw Object.assign(new Error("not this one"), { errno });
      });
      const answers = await Promise.all(newKeys(5).map((key) => store.claim(key, "me", LEASE_MS)));
      expect(answers.map(({ state }) => state)).toEqual(Array<string>(5).fill("claimed"));
      expect(sent).toEqual(Array<string>(6).fill("INSERT"));
    },
  );

  test("one id that MySQL refuses fails no other", async () => {
    const { store } = opened();
    const events = [newKey(), { namespace: "mintfax", id: "x".repeat(300) }, newKey()];
    const answers = await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
    expect(statesOf(answers)).toEqual(["claimed", "rejected", "claimed"]);
  });

  test("a row that another transaction has locked holds up its own event only", async () => {
    const { store } = opened();
    const events = newKeys(20);
    const locker = await admin.getConnection();
    await locker.query("START TRANSACTION");
    await locker.query(
      "INSERT INTO mintfax_webhooks VALUES ('mintfax', ?, 1, 9000000000000000, 'pending', 'theirs')",
      [events[10]?.id],
    );
    const claims = await Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
    expect(statesOf(claims)).toEqual(events.map((_, n) => (n === 10 ? "rejected" : "claimed")));
    await locker.query("ROLLBACK");
    locker.release();
    expect(await store.claim(events[10] as DedupKey, "me", LEASE_MS)).toMatchObject({ state: "claimed" });
  });

  test("a batch that is cut in the middle: all of it fails and nothing is left of it", async () => {
    const { store } = opened();
    const events = newKeys(20);
    const middle = [...events].map(({ id }) => id).sort()[10];
    await admin.query(
      `CREATE TRIGGER theirs BEFORE INSERT ON mintfax_webhooks FOR EACH ROW
        BEGIN IF NEW.id = '${middle}' THEN DO SLEEP(60); END IF; END`,
    );
    const claims = Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
    const sleeping = async (): Promise<readonly { id: number }[]> => {
      const [rows] = await admin.query(
        "SELECT id FROM information_schema.processlist WHERE state = 'User sleep'",
      );
      return rows as { id: number }[];
    };
    await expect.poll(async () => (await sleeping()).length).toBe(1);
    await admin.query(`KILL ${(await sleeping())[0]?.id}`);
    expect(new Set(statesOf(await claims))).toEqual(new Set(["rejected"]));
    await admin.query("DROP TRIGGER theirs");
    expect(await store.inspect(events[0] as DedupKey)).toEqual({ state: "absent" });
    const answers = await Promise.allSettled(events.map((key) => store.claim(key, "you", LEASE_MS)));
    expect(new Set(statesOf(answers))).toEqual(new Set(["claimed"]));
  });

  test("a batch whose answer is lost: all of it fails, and the same owners are told the same when they ask again", async () => {
    let isLost = true;
    const { store } = opened({}, async (query, sql) => {
      const answer = await query();
      if (isLost && /INSERT|UPDATE/.test(sql)) throw new Error("Connection lost");
      return answer;
    });
    const events = newKeys(10);
    const all = () => Promise.allSettled(events.map((key) => store.claim(key, "me", LEASE_MS)));
    expect(statesOf(await all())).toEqual(Array<string>(10).fill("rejected"));
    isLost = false;
    const fences = (await all()).map((answer) =>
      answer.status === "fulfilled" && answer.value.state === "claimed" ? answer.value.fence : 0,
    );
    expect(fences).not.toContain(0);
    const complete = () =>
      Promise.allSettled(events.map((key, n) => store.complete(key, { owner: "me", fence: fences[n] ?? 0 })));
    isLost = true;
    expect(new Set((await complete()).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    isLost = false;
    expect(await complete()).toEqual(Array(10).fill({ status: "fulfilled", value: "ok" }));
  });

  test("a claim that is answered after its caller was told that there is none is given back", async () => {
    const late = gate();
    const { store } = opened({ timeoutMs: 1_000 }, async (query, sql) => {
      const answer = await query();
      if (sql.includes("INSERT")) await late.promise;
      return answer;
    });
    const [early, patient] = [newKey(), newKey()];
    const givenUp = expect(store.claim(early, "me", LEASE_MS)).rejects.toMatchObject({
      code: "store_unavailable",
    });
    // Half a second later, and still in the same turn, so in the same statement.
    for (const startMs = performance.now(); performance.now() < startMs + 500; );
    const answered = store.claim(patient, "them", LEASE_MS);
    await givenUp;
    late.open();
    expect(await answered).toMatchObject({ state: "claimed" });
    const other = opened().store;
    await expect.poll(() => other.claim(early, "you", LEASE_MS)).toMatchObject({ state: "claimed" });
    expect(await other.claim(patient, "you", LEASE_MS)).toEqual({ state: "pending" });
  });
});
