/** The stores on connections as people have set them up. */
import {
  createMysqlStore,
  createMysqlTransactionalStore,
  type MysqlStore,
  type MysqlStoreOptions,
} from "@mintfax-webhooks/mysql";
import { createPool as createCallbackPool, createPoolCluster as createCallbackPoolCluster } from "mysql2";
import {
  createPool,
  createPoolCluster,
  type Pool,
  type PoolConnection,
  type PoolOptions,
} from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const LEASE_MS = 60_000;
const PATIENT = { timeoutMs: 5_000 };
const heldKey = { namespace: "mintfax", id: "evt_held" };
const HOLDER = { owner: "one", fence: 1 };

describe.runIf(HAS_MARIADB)("MariaDB", () => {
  let server: MariadbServer;
  let admin: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start();
    admin = createPool({ uri: server.url, multipleStatements: true });
  }, 60_000);
  beforeEach(async () => {
    await createMysqlStore({ pool: admin }).migrate();
    await admin.query("CREATE TABLE effects (text TEXT NOT NULL)");
  });
  afterEach(async () => {
    await admin.query("DROP TABLE IF EXISTS mintfax_webhooks, effects, made_by_handler");
  });
  afterAll(async () => {
    await admin.end();
    await server.stop();
  });

  let ids = 0;
  const newKey = () => {
    ids += 1;
    return { namespace: "mintfax", id: `evt_${ids}` };
  };

  /** @param setUp runs on each connection before it is used */
  function poolWith(options: PoolOptions = {}, setUp = ""): Pool {
    const pool = createPool({ uri: server.url, ...options });
    onTestFinished(() => pool.end().catch(() => {}));
    if (setUp !== "") pool.pool.on("connection", (connection) => void connection.query(setUp));
    return pool;
  }

  /** What any set-up has to do. */
  async function livesThrough(store: MysqlStore): Promise<void> {
    const key = newKey();
    const first = await store.claim(key, "one", LEASE_MS);
    if (first.state !== "claimed") throw new Error(`the claim was answered with ${first.state}`);
    const holder = { owner: "one", fence: first.fence };
    expect(await store.claim(key, "one", LEASE_MS)).toEqual(first);
    expect(await store.claim(key, "two", LEASE_MS)).toEqual({ state: "pending" });
    expect(await store.renew(key, holder, LEASE_MS)).toBe("ok");
    expect(await store.renew(key, { ...holder, owner: "two" }, LEASE_MS)).toBe("lost");
    expect(await store.release(key, holder)).toBe("ok");
    expect(await store.release(key, holder)).toBe("ok");
    const second = await store.claim(key, "two", LEASE_MS);
    if (second.state !== "claimed") throw new Error(`the claim was answered with ${second.state}`);
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await store.complete(key, holder)).toBe("lost");
    expect(await store.complete(key, { owner: "two", fence: second.fence })).toBe("ok");
    expect(await store.complete(key, { owner: "two", fence: second.fence })).toBe("ok");
    expect(await store.claim(key, "three", LEASE_MS)).toEqual({ state: "done" });
    expect(await store.inspect(key)).toMatchObject({ state: "done", fence: second.fence });
    expect(await store.forget(key)).toBe("forgotten");
    expect(await store.forget(key)).toBe("absent");
  }

  test.each<[string, PoolOptions, string?]>([
    ["without the flag FOUND_ROWS", { flags: ["-FOUND_ROWS"] }],
    ["with rows as arrays, and no type cast", { rowsAsArray: true, typeCast: false }],
    ["with big numbers as texts", { supportBigNumbers: true, bigNumberStrings: true, decimalNumbers: true }],
    ["with named placeholders", { namedPlaceholders: true }],
    ["with rows by table", { nestTables: true }],
    ["with dates as texts, in another time zone", { dateStrings: true, timezone: "+05:30" }],
    ["with several statements in a message", { multipleStatements: true }],
    ["with parsers that are not generated", { disableEval: true }],
    ["compressed", { compress: true }],
    ["without a limit to waiting calls, on one connection", { connectionLimit: 1, queueLimit: 0 }],
    ["in binary", { charset: "BINARY" }],
    ["in latin1", { charset: "LATIN1_SWEDISH_CI" }],
    ["at SERIALIZABLE", {}, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"],
    ["at READ UNCOMMITTED", {}, "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"],
    ["in a time zone with an hour that comes twice", {}, "SET time_zone = 'SYSTEM'"],
    [
      "in modes of other databases",
      {},
      "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION,ORACLE'",
    ],
    ["in the mode SIMULTANEOUS_ASSIGNMENT", {}, "SET sql_mode = 'SIMULTANEOUS_ASSIGNMENT'"],
    ["without any mode", {}, "SET sql_mode = ''"],
    ["with safe updates", {}, "SET sql_safe_updates = 1"],
  ])("%s, the lease store does what it has to", async (_, options, setUp) => {
    await livesThrough(createMysqlStore({ pool: poolWith(options, setUp), ...PATIENT }));
  });

  test("by a pool cluster, and by a pool with callbacks that is turned into promises, the store does what it has to", async () => {
    const cluster = createPoolCluster();
    onTestFinished(() => cluster.end());
    cluster.add("PRIMARY", { uri: server.url });
    await livesThrough(createMysqlStore({ pool: cluster.of("PRIMARY"), ...PATIENT }));
    const callbacks = createCallbackPool(server.url);
    onTestFinished(() => void callbacks.end());
    await livesThrough(createMysqlStore({ pool: callbacks.promise(), ...PATIENT }));
  });

  test("idle connections that the server has closed are replaced, and no call fails for it", async () => {
    await admin.query("SET GLOBAL wait_timeout = 1");
    const pool = poolWith({ connectionLimit: 3 });
    const store = createMysqlStore({ pool, ...PATIENT });
    const lookThree = () => Promise.all([1, 2, 3].map(() => store.inspect(newKey())));
    let closed = 0;
    pool.pool.on("connection", (connection) =>
      connection.on("error", () => {
        closed += 1;
      }),
    );
    try {
      await lookThree();
      await expect.poll(() => closed, { timeout: 10_000 }).toBe(3);
      expect(await lookThree()).toEqual(Array(3).fill({ state: "absent" }));
    } finally {
      await admin.query("SET GLOBAL wait_timeout = 28800");
    }
  });

  test("a row that another transaction has locked holds up its own event only, and no statement waits for it on the server later", async () => {
    const store = createMysqlStore({ pool: poolWith({ connectionLimit: 2 }), ...PATIENT });
    const [locked, free] = [newKey(), newKey()];
    const locker = await admin.getConnection();
    await locker.query("START TRANSACTION");
    await locker.query(
      "INSERT INTO mintfax_webhooks VALUES ('mintfax', ?, 1, 9000000000000000, 'pending', 'theirs')",
      [locked.id],
    );
    const waiting = store.claim(locked, "one", LEASE_MS);
    const refused = expect(waiting).rejects.toMatchObject({ errno: 1205 });
    expect(await store.claim(free, "one", LEASE_MS)).toMatchObject({ state: "claimed" });
    await refused;
    await locker.query("ROLLBACK");
    locker.release();
    expect(await store.claim(locked, "one", LEASE_MS)).toMatchObject({ state: "claimed" });
  });

  test("a server without a connection to spare rejects the call, and the next one comes through once it has", async () => {
    await admin.query("SET GLOBAL max_connections = 10");
    const greedy = poolWith({ connectionLimit: 20 });
    const store = createMysqlStore({ pool: poolWith(), ...PATIENT });
    const key = newKey();
    try {
      const taken = await Promise.allSettled(Array.from({ length: 20 }, () => greedy.getConnection()));
      expect(taken.some(({ status }) => status === "rejected")).toBe(true);
      await expect(store.claim(key, "one", LEASE_MS)).rejects.toMatchObject({ errno: 1040 });
      for (const each of taken) if (each.status === "fulfilled") each.value.destroy();
    } finally {
      await admin.query("SET GLOBAL max_connections = 300");
    }
    await expect.poll(async () => (await store.claim(key, "one", LEASE_MS)).state).toBe("claimed");
  });

  describe("behind a pooler that sends each statement to another session", () => {
    /** The connections take turns. */
    async function switching(): Promise<Pool> {
      const pool = poolWith();
      const sessions = await Promise.all([pool.getConnection(), pool.getConnection()]);
      onTestFinished(() => {
        for (const session of sessions) session.destroy();
      });
      let turns = 0;
      const next = (): PoolConnection => {
        turns += 1;
        return sessions[turns % sessions.length] as PoolConnection;
      };
      return {
        getConnection: async () => ({
          query: (...args: [never]) => next().query(...args),
          execute: (...args: [never]) => next().execute(...args),
          on() {},
          off() {},
          release() {},
          destroy() {},
        }),
      } as unknown as Pool;
    }

    test("the lease store does what it has to", async () => {
      await livesThrough(createMysqlStore({ pool: await switching(), ...PATIENT }));
    });

    test("the same-transaction store refuses, before a handler runs", async () => {
      let runs = 0;
      const store = createMysqlTransactionalStore({ pool: await switching(), ...PATIENT });
      const attempt = store.transact(newKey(), async () => {
        runs += 1;
        return "commit";
      });
      await expect(attempt).rejects.toMatchObject({
        code: "store_misconfigured",
        message: expect.stringContaining("another session"),
      });
      expect(runs).toBe(0);
    });
  });

  test("ids differ by case, by accents and by spaces at their end, and quotes in them are no SQL", async () => {
    const pool = poolWith({}, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    const store = createMysqlStore({ pool, ...PATIENT });
    const texts = [
      "evt_a",
      "evt_A",
      "evt_ä",
      "evt_a ",
      "evt_a'; DROP TABLE mintfax_webhooks; --",
      "evt_\\'",
      "?",
      ":id",
    ];
    for (const id of texts) {
      const key = { namespace: id, id };
      expect(await store.claim(key, id, LEASE_MS)).toMatchObject({ state: "claimed" });
      expect(await store.inspect(key)).toMatchObject({ state: "pending", owner: id });
    }
  });

  test("where autocommit is off, the lease store says so, and leaves no claim", async () => {
    const store = createMysqlStore({ pool: poolWith({}, "SET autocommit = 0"), ...PATIENT });
    const key = newKey();
    await expect(store.claim(key, "one", LEASE_MS)).rejects.toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("autocommit"),
    });
    const other = createMysqlStore({ pool: poolWith(), ...PATIENT });
    expect(await other.claim(key, "two", LEASE_MS)).toMatchObject({ state: "claimed" });
  });

  test("where autocommit is off, a handler's transaction is committed all the same", async () => {
    const store = createMysqlTransactionalStore({ pool: poolWith({}, "SET autocommit = 0"), ...PATIENT });
    const key = newKey();
    const work = async ({ tx }: { tx: Pick<PoolConnection, "query"> }) => {
      await tx.query("INSERT INTO effects VALUES ('one')");
      return "commit" as const;
    };
    expect(await store.transact(key, work)).toBe("committed");
    expect(await store.transact(key, work)).toBe("done");
    expect(await effects()).toEqual(["one"]);
  });

  async function effects(): Promise<string[]> {
    const [rows] = await admin.query("SELECT text FROM effects");
    return (rows as { text: string }[]).map(({ text }) => text);
  }

  /** As a library does that gives up on its ROLLBACK. */
  async function leaveOpen(pool: Pool): Promise<void> {
    const connection = await pool.getConnection();
    await connection.query("START TRANSACTION");
    await connection.query("INSERT INTO effects VALUES ('left open')");
    connection.release();
  }

  test.each<[string, (store: MysqlStore) => unknown]>([
    ["claim", (store) => store.claim(newKey(), "one", LEASE_MS)],
    ["renew", (store) => store.renew(heldKey, HOLDER, LEASE_MS)],
    ["complete", (store) => store.complete(heldKey, HOLDER)],
    ["release", (store) => store.release(heldKey, HOLDER)],
    ["inspect", (store) => store.inspect(heldKey)],
  ])(
    "%s refuses a connection on which a transaction was left open, and commits nothing of it",
    async (_, call) => {
      await admin.query(
        "INSERT INTO mintfax_webhooks VALUES ('mintfax', 'evt_held', 1, 9000000000000000, 'pending', 'one')",
      );
      const pool = poolWith({ connectionLimit: 1 });
      const store = createMysqlStore({ pool, ...PATIENT });
      await leaveOpen(pool);
      await expect(call(store)).rejects.toMatchObject({ code: "store_unavailable" });
      await pool.query("DO 0");
      expect(await effects()).toEqual([]);
      expect(await store.inspect(heldKey)).toMatchObject({ state: "pending", fence: 1 });
      expect(await store.claim(newKey(), "two", LEASE_MS)).toMatchObject({ state: "claimed" });
    },
  );

  test("a server that is read-only is unavailable, and the next connection may lead to another", async () => {
    await admin.query("CREATE USER clinic IDENTIFIED BY 'x'; GRANT ALL ON test.* TO clinic");
    const { port } = new URL(server.url);
    const pool = createPool(`mysql://clinic:x@127.0.0.1:${port}/test`);
    onTestFinished(() => pool.end());
    await admin.query("SET GLOBAL read_only = 1");
    const store = createMysqlStore({ pool, ...PATIENT });
    const key = newKey();
    try {
      await expect(store.claim(key, "one", LEASE_MS)).rejects.toMatchObject({
        code: "store_unavailable",
        message: expect.stringContaining("read-only"),
      });
    } finally {
      await admin.query("SET GLOBAL read_only = 0");
    }
    expect(await store.claim(key, "one", LEASE_MS)).toMatchObject({ state: "claimed" });
    await admin.query("CREATE DATABASE clinic_only; GRANT SELECT ON clinic_only.* TO clinic");
    await createMysqlStore({ pool: admin, database: "clinic_only" }).migrate();
    const reading = createMysqlStore({ pool: pool, database: "clinic_only", ...PATIENT });
    await expect(reading.claim(newKey(), "one", LEASE_MS)).rejects.toMatchObject({
      code: "store_misconfigured",
      message: expect.stringContaining("GRANT"),
    });
    await admin.query("DROP USER clinic");
  });

  test.each<[string, (url: URL) => void, Partial<MysqlStoreOptions>, string]>([
    ["a table", () => {}, { table: "nowhere" }, "store.migrate()"],
    [
      "a database",
      (url) => {
        url.pathname = "/nowhere";
      },
      {},
      "database of the pool does not exist",
    ],
    [
      "a user",
      (url) => {
        url.username = "nobody";
        url.password = "x";
      },
      {},
      "refused the user",
    ],
  ])(
    "%s that does not exist is a wrong set-up, and the error says what to do",
    async (_, change, options, fix) => {
      const url = new URL(server.url);
      change(url);
      const pool = createPool(String(url));
      onTestFinished(() => pool.end());
      const store = createMysqlStore({ pool, ...options, ...PATIENT });
      await expect(store.claim(newKey(), "one", LEASE_MS)).rejects.toMatchObject({
        code: "store_misconfigured",
        message: expect.stringContaining(fix),
      });
    },
  );

  describe("a handler's transaction", () => {
    type Tx = Pick<PoolConnection, "query" | "execute">;
    const transact = (pool: Pool, key: ReturnType<typeof newKey>, handle: (tx: Tx) => Promise<unknown>) =>
      createMysqlTransactionalStore({ pool, ...PATIENT }).transact(key, async ({ tx }) => {
        await handle(tx);
        return "commit";
      });

    test.each([
      "COMMIT",
      "ROLLBACK",
      "begin",
      " START TRANSACTION",
      "rollback work",
      "/* traced * */ -- twice\n# thrice\nCOMMIT AND CHAIN",
    ])("%s of the handler is refused, and not sent", async (sql) => {
      const key = newKey();
      const refusals: unknown[] = [];
      const result = await transact(poolWith(), key, async (tx) => {
        await tx.query("INSERT INTO effects VALUES ('one')");
        await tx.query(sql).catch((error: unknown) => refusals.push(error));
        await tx.query({ sql }).catch((error: unknown) => refusals.push(error));
      });
      expect(refusals).toMatchObject([{ code: "transaction_refused" }, { code: "transaction_refused" }]);
      expect(result).toBe("committed");
      expect(await effects()).toEqual(["one"]);
    });

    test("where sessions begin another transaction after each, the next delivery has none of it", async () => {
      const pool = poolWith({ connectionLimit: 1 }, "SET completion_type = CHAIN");
      for (const how of ["one", "two"])
        await transact(pool, newKey(), (tx) => tx.query("INSERT INTO effects VALUES (?)", [how]));
      expect(await effects()).toEqual(["one", "two"]);
    });

    test("savepoints of the handler work", async () => {
      const result = await transact(poolWith(), newKey(), async (tx) => {
        await tx.query("SAVEPOINT own");
        await tx.execute("INSERT INTO effects VALUES (?)", ["no"]);
        await tx.query("ROLLBACK TO own");
        await tx.execute("INSERT INTO effects VALUES (?)", ["yes"]);
      });
      expect(result).toBe("committed");
      expect(await effects()).toEqual(["yes"]);
    });

    test("a statement that commits by itself is an error, and the event can be tried again", async () => {
      const key = newKey();
      const attempt = transact(poolWith(), key, (tx) => tx.query("CREATE TABLE made_by_handler (a INT)"));
      await expect(attempt).rejects.toMatchObject({ code: "transaction_refused" });
      // The server hears of the closed connection a moment later.
      const pool = poolWith();
      await expect.poll(() => transact(pool, key, async () => {})).toBe("committed");
    });

    test("a deadlock that the handler hides is an error, and nothing of the handler is committed before it", async () => {
      await admin.query(
        "CREATE TABLE made_by_handler (a INT PRIMARY KEY, b INT); INSERT INTO made_by_handler VALUES (1, 0), (2, 0)",
      );
      const key = newKey();
      const other = await poolWith().getConnection();
      await other.query("START TRANSACTION");
      // MariaDB rolls back the lighter one.
      for (let i = 10; i < 60; i += 1) await other.query("INSERT INTO made_by_handler VALUES (?, 0)", [i]);
      await other.query("UPDATE made_by_handler SET b = 1 WHERE a = 1");
      const attempt = transact(poolWith(), key, async (tx) => {
        await tx.query("INSERT INTO effects VALUES ('rolled back')");
        await tx.query("UPDATE made_by_handler SET b = 2 WHERE a = 2");
        const waiting = tx.query("UPDATE made_by_handler SET b = 2 WHERE a = 1");
        const closing = other.query("UPDATE made_by_handler SET b = 1 WHERE a = 2");
        await expect(waiting).rejects.toMatchObject({ errno: 1213 });
        await closing;
      });
      await expect(attempt).rejects.toMatchObject({ code: "transaction_refused" });
      await other.query("ROLLBACK");
      other.release();
      expect(await effects()).toEqual([]);
      // The server hears of the closed connection a moment later.
      const pool = poolWith();
      await expect.poll(() => transact(pool, key, async () => {})).toBe("committed");
    });

    test("tx that outlives it does nothing", async () => {
      const pool = poolWith({ connectionLimit: 1 });
      let kept: Tx | undefined;
      await transact(pool, newKey(), async (tx) => {
        kept = tx;
      });
      await expect(kept?.query("INSERT INTO effects VALUES ('late')")).rejects.toMatchObject({
        code: "transaction_ended",
      });
      await expect(kept?.execute("INSERT INTO effects VALUES ('late')")).rejects.toMatchObject({
        code: "transaction_ended",
      });
      expect(await effects()).toEqual([]);
    });

    test("MySQL ends a session that has been silent for 60 s in it, and the pool's limit is back afterwards", async () => {
      const pool = poolWith({ connectionLimit: 1 });
      const limits: unknown[] = [];
      const read = async (tx: Pick<Tx, "query">) => {
        const [rows] = await tx.query("SELECT @@SESSION.wait_timeout AS seconds");
        limits.push((rows as { seconds: number }[])[0]?.seconds);
      };
      await read(pool);
      await transact(pool, newKey(), read);
      await read(pool);
      expect(limits).toEqual([28_800, 60, 28_800]);
    });
  });

  test("deleteExpired deletes what is past its retention, in batches, and no claim", async () => {
    const store = createMysqlStore({ pool: admin, retentionMs: 3_600_000, ...PATIENT });
    for (let i = 0; i < 5; i += 1) {
      const key = newKey();
      const claimed = await store.claim(key, "one", LEASE_MS);
      if (claimed.state === "claimed") await store.complete(key, { owner: "one", fence: claimed.fence });
    }
    const pending = newKey();
    await store.claim(pending, "one", 1);
    expect(await store.deleteExpired({ batchSize: 2 })).toBe(0);
    await admin.query("UPDATE mintfax_webhooks SET until = until - 3700 * 1000000");
    expect(await store.deleteExpired({ batchSize: 2 })).toBe(5);
    const [rows] = await admin.query("SELECT CAST(id AS CHAR) AS id FROM mintfax_webhooks");
    expect(rows).toEqual([{ id: pending.id }]);
    await expect(store.deleteExpired({ batchSize: 0 })).rejects.toMatchObject({
      code: "option_out_of_bounds",
    });
  });

  test("twenty processes that migrate at once, and again, do not disturb each other", async () => {
    await admin.query("DROP TABLE mintfax_webhooks");
    const pools = Array.from({ length: 20 }, () => poolWith());
    await Promise.all(pools.map((pool) => createMysqlStore({ pool, ...PATIENT }).migrate()));
    await createMysqlStore({ pool: admin }).migrate();
    await livesThrough(createMysqlStore({ pool: admin, ...PATIENT }));
  });

  test("a pool of another package, which gives rows in another shape, is a wrong set-up", async () => {
    const connection = {
      query: async () => ({ insertId: 1n }),
      on() {},
      off() {},
      release() {},
      destroy() {},
    };
    const store = createMysqlStore({ pool: { getConnection: async () => connection } as never });
    await expect(store.claim(newKey(), "one", LEASE_MS)).rejects.toMatchObject({
      code: "store_misconfigured",
    });
  });

  test("options that cannot work are refused", () => {
    expect(() => createMysqlStore({ pool: admin.pool as never })).toThrow("pool.promise()");
    expect(() => createMysqlStore({ pool: {} as never })).toThrow("pool.getConnection");
    const cluster = createCallbackPoolCluster();
    onTestFinished(() => new Promise((resolve) => cluster.end(() => resolve())));
    expect(() => createMysqlStore({ pool: cluster.of("*") as never })).toThrow("pool is one with callbacks");
    expect(() => createMysqlStore({ pool: admin, table: "what?" })).toThrow("table");
    expect(() => createMysqlStore({ pool: admin, retentionMs: 1 })).toThrow("retentionMs");
    expect(() => createMysqlStore({ pool: admin, timeout: 1 } as never)).toThrow("timeoutMs");
  });
});
