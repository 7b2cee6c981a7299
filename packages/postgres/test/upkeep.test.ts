import {
  createPostgresStore,
  createPostgresTransactionalStore,
  postgresSchema,
} from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(async () => {
  await pool.query("DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
});

const HOUR_MS = 3_600_000;
const keyOf = (id: string) => ({ namespace: "mintfax", id });

/** Columns, constraints and indexes, in words. */
async function shape(schema: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `SELECT column_name || ' ' || data_type || ' ' || coalesce(collation_name, '') AS part
       FROM information_schema.columns WHERE table_schema = $1
     UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = $1::regnamespace
     UNION ALL SELECT replace(indexdef, $1 || '.', '') FROM pg_indexes WHERE schemaname = $1 ORDER BY part`,
    [schema],
  );
  return rows.map(({ part }) => part);
}

test("migrate by ten processes at once, and again: one table, one index", async () => {
  const stores = Array.from({ length: 10 }, () => createPostgresStore({ pool, schema: "app" }));
  await Promise.all(stores.map((store) => store.migrate()));
  await stores[0]?.claim(keyOf("kept"), "me", 1_000);
  await stores[0]?.migrate();
  const { rows } = await pool.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'app' ORDER BY 1");
  expect(rows).toEqual([{ indexname: "mintfax_webhooks_pkey" }, { indexname: "mintfax_webhooks_until" }]);
  expect((await pool.query("SELECT id FROM app.mintfax_webhooks")).rows).toEqual([{ id: "kept" }]);
});

test("the schema as SQL and migrate() make the same", async () => {
  await createPostgresStore({ pool, schema: "app" }).migrate();
  const migrated = await shape("app");
  await pool.query("DROP SCHEMA app CASCADE; CREATE SCHEMA app");
  await pool.query(postgresSchema({ schema: "app" }));
  expect(await shape("app")).toEqual(migrated);
  await createPostgresStore({ pool, schema: "app" }).migrate();
  expect(await shape("app")).toEqual(migrated);
});

test.each([
  { table: 'Weird "table" of $1', schema: "app" },
  { table: "it's", schema: "app" },
  { table: "x".repeat(57), schema: "app" },
])("a table of any name: $table", async (name) => {
  const store = createPostgresStore({ pool, ...name });
  await store.migrate();
  const claim = await store.claim(keyOf("event"), "me", 1_000);
  if (claim.state !== "claimed") throw new Error(claim.state);
  expect(await store.complete(keyOf("event"), { owner: "me", fence: claim.fence })).toBe("ok");
  expect(await store.forget(keyOf("event"))).toBe("forgotten");
  expect(await store.deleteExpired()).toBe(0);
});

test.each([
  [{ tables: "x" }, /"tables" is not an option .* table\?/],
  [{ schema: undefined }, /schema is undefined/],
  [{ pool: undefined }, /pool is undefined/],
  [{ pool: {} }, /pool.connect is undefined; expected a function/],
])("%o is named", (options, message) => {
  const all = { pool, ...options } as unknown as { pool: typeof pool };
  expect(() => createPostgresStore(all)).toThrow(message);
  expect(() => createPostgresTransactionalStore(all)).toThrow(message);
});

test("a database of another shape is refused", () => {
  const database = { transaction: async () => {} };
  expect(() => createPostgresTransactionalStore({ database } as never)).toThrow(
    /database.query is undefined; expected a function/,
  );
});

test.each([
  { table: "" },
  { table: "a{b}" },
  { table: "x".repeat(58) },
  { schema: "x".repeat(64) },
  { retentionMs: HOUR_MS - 1 },
  { retentionMs: Number.POSITIVE_INFINITY },
  { timeoutMs: 0 },
  { timeoutMs: 5_001 },
  { timeoutMs: Number.NaN },
])("%j is refused", (options) => {
  expect(() => createPostgresStore({ pool, ...options })).toThrow(
    expect.objectContaining({ code: "option_out_of_bounds" }),
  );
  expect(() => createPostgresTransactionalStore({ pool, ...options })).toThrow(
    expect.objectContaining({ code: "option_out_of_bounds" }),
  );
});

/** A store whose transactions are counted: each takes a connection. */
function counted() {
  let transactions = 0;
  const count = () => {
    transactions += 1;
  };
  pool.on("acquire", count);
  onTestFinished(() => void pool.off("acquire", count));
  const store = createPostgresTransactionalStore({ pool, schema: "app" });
  return { store, transactions: () => transactions };
}

/** Ids whose time is up, by a second. */
const expired = (state: string, prefix: string, count: number) =>
  pool.query(
    `INSERT INTO app.mintfax_webhooks (namespace, id, fence, until, state, owner)
     SELECT 'mintfax', $2 || n, 1, now() - interval '1 second', $1, 'owner' FROM generate_series(1, $3::int) AS n`,
    [state, prefix, count],
  );

async function left(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ state: string; count: number }>(
    "SELECT state, count(*)::int AS count FROM app.mintfax_webhooks GROUP BY state",
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

test("deleteExpired goes batch by batch and never touches a claim", async () => {
  const { store, transactions } = counted();
  await store.migrate();
  await expired("done", "d", 20);
  await expired("released", "r", 15);
  await expired("pending", "p", 5);
  expect(await store.transact(keyOf("fresh"), async () => "commit")).toBe("committed");
  const before = transactions();
  expect(await store.deleteExpired({ batchSize: 10 })).toBe(35);
  expect(transactions() - before).toBe(4);
  expect(await left()).toEqual({ pending: 5, done: 1 });
  expect(await store.deleteExpired()).toBe(0);
});

test("several cleaners share the work, and skip a row that another transaction has locked", async () => {
  const store = createPostgresStore({ pool, schema: "app" });
  await store.migrate();
  await expired("done", "d", 3_000);
  const holder = await pool.connect();
  await holder.query("BEGIN; SELECT FROM app.mintfax_webhooks WHERE id = 'd1' FOR UPDATE");
  const counts = await Promise.all(Array.from({ length: 4 }, () => store.deleteExpired({ batchSize: 100 })));
  expect(counts.reduce((sum, count) => sum + count)).toBe(2_999);
  await holder.query("ROLLBACK");
  holder.release();
  expect(await store.deleteExpired()).toBe(1);
});

test.each([0, -1, 1.5, Number.NaN])("a batch size of %d is refused", async (batchSize) => {
  await expect(createPostgresStore({ pool }).deleteExpired({ batchSize })).rejects.toThrow(
    expect.objectContaining({ code: "option_out_of_bounds" }),
  );
});

/** A handler that works until it is let go, on a store whose claims are answered within its 2 s. */
async function handlerAtWork() {
  const store = createPostgresTransactionalStore({ pool, schema: "app" });
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  onTestFinished(() => letGo());
  let started = () => {};
  const atWork = new Promise<void>((resolve) => {
    started = resolve;
  });
  const end = store.transact(keyOf("at work"), async () => {
    started();
    await gate;
    return "commit";
  });
  await atWork;
  let ids = 0;
  const another = () => {
    ids += 1;
    return store.transact(keyOf(`another ${ids}`), async () => "commit");
  };
  return { end, letGo, another };
}

/** As another process of a rolling deploy has it. */
function storeOfAnotherProcess() {
  const other = new Pool({ connectionString: server.url }).on("error", () => {});
  onTestFinished(() => other.end());
  return createPostgresStore({ pool: other, schema: "app" });
}

const indexes = async () =>
  (
    await pool.query(
      "SELECT FROM pg_indexes WHERE indexname = 'mintfax_webhooks_until' AND schemaname = 'app'",
    )
  ).rowCount;

test("migrate() of another process does not wait for a running handler, and no claim waits", async () => {
  const other = storeOfAnotherProcess();
  await other.migrate();
  const { end, letGo, another } = await handlerAtWork();
  // It would wait for the handler, which is let go after it.
  await other.migrate();
  expect(await another()).toBe("committed");
  letGo();
  expect(await end).toBe("committed");
});

test("migrate() creates a missing index beside a running handler, and claims go on", async () => {
  const other = storeOfAnotherProcess();
  await other.migrate();
  await pool.query("DROP INDEX app.mintfax_webhooks_until");
  const { end, letGo, another } = await handlerAtWork();
  const migrated = other.migrate();
  const waiting =
    "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'";
  await vi.waitUntil(async () => (await pool.query(waiting)).rowCount === 1, { timeout: 10_000 });
  // It queues behind the index, which queues behind the handler.
  expect(await another()).toBe("committed");
  letGo();
  expect(await end).toBe("committed");
  await migrated;
  expect(await indexes()).toBe(1);
});

test("migrate() creates a missing index although another schema has one of that name", async () => {
  const elsewhere = createPostgresStore({ pool });
  await elsewhere.migrate();
  onTestFinished(async () => {
    await pool.query("DROP TABLE public.mintfax_webhooks");
  });
  const store = createPostgresStore({ pool, schema: "app" });
  await store.migrate();
  await pool.query("DROP INDEX app.mintfax_webhooks_until");
  await store.migrate();
  expect(await indexes()).toBe(1);
});

test("migrate() beside a handler that does not end says what to run, and running it works", async () => {
  const other = storeOfAnotherProcess();
  await other.migrate();
  await pool.query("DROP INDEX app.mintfax_webhooks_until");
  const { end, letGo, another } = await handlerAtWork();
  const error = await other.migrate().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: "store_unavailable",
    message: expect.stringMatching(/pg_stat_activity/),
  });
  expect(await another()).toBe("committed");
  letGo();
  expect(await end).toBe("committed");
  const [statement] = /CREATE INDEX CONCURRENTLY .*;/.exec((error as Error).message) ?? [];
  await pool.query(String(statement));
  expect(await indexes()).toBe(1);
  await other.migrate();
}, 20_000);

test("migrate() without the right to create tables is a wrong set-up", async () => {
  await pool.query(
    "DROP ROLE IF EXISTS powerless; CREATE ROLE powerless LOGIN; GRANT USAGE ON SCHEMA app TO powerless",
  );
  const url = server.url.replace("postgres@", "powerless@");
  const powerless = new Pool({ connectionString: url }).on("error", () => {});
  onTestFinished(async () => {
    await powerless.end();
    await pool.query("DROP OWNED BY powerless; DROP ROLE powerless");
  });
  await expect(createPostgresStore({ pool: powerless, schema: "app" }).migrate()).rejects.toMatchObject({
    code: "store_misconfigured",
    message: expect.stringMatching(/CREATE on the schema/),
  });
});

test.each(["migrate", "deleteExpired"] as const)(
  "%s gives a server up that does not answer",
  async (what) => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const silent = { connect() {} } as unknown as Pool;
    const call = expect(createPostgresStore({ pool: silent })[what]()).rejects.toThrow("within 60000 ms");
    await vi.advanceTimersByTimeAsync(60_000);
    await call;
  },
);
