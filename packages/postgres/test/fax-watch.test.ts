import { createFaxWatch, createPostgresStore, faxWatchSchema } from "@mintfax-webhooks/postgres";
import {
  ago,
  CONTEXT,
  type FaxTable,
  finalEventOf,
  HOUR_MS,
  idsOf,
  testFaxWatch,
  testFaxWatchOutages,
} from "conformance/fax-watch";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { LIBRARIES } from "./support/libraries.ts";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url, max: 10 }).on("error", () => {});
  await createPostgresStore({ pool }).migrate();
  await createFaxWatch({ pool }).migrate();
  await pool.query("CREATE TABLE effects (id serial PRIMARY KEY, text text NOT NULL)");
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});
beforeEach(() => pool.query("TRUNCATE mintfax_fax_watch, effects"));

const PATIENT = { timeoutMs: 5_000 };

/** Each test begins with the table empty. */
const newTable = (): FaxTable => ({
  watch(options = {}) {
    const own = new Pool({ connectionString: server.url }).on("error", () => {});
    onTestFinished(() => own.end());
    return createFaxWatch({ pool: own, ...PATIENT, ...options });
  },
  store: () => createPostgresStore({ pool, ...PATIENT }),
});

testFaxWatch({
  newTable,
  foreign: {
    transactions: () => [null, {}, 7, "tx", { prepare() {} }],
    message: "expected one of pg,",
  },
  create: (options) => createFaxWatch({ pool, ...options }),
  wrongDatabase: [{ pool: {} }, "pool.connect is undefined"],
});

testFaxWatchOutages({
  newTable,
  missing: () => createFaxWatch({ pool, table: "elsewhere" }),
  unreachable() {
    const nowhere = new Pool({ connectionString: "postgres://postgres@127.0.0.1:1/postgres" });
    onTestFinished(() => nowhere.end());
    return createFaxWatch({ pool: nowhere });
  },
});

describe.each(Object.entries(LIBRARIES))("in the transaction of %s", (name, open) => {
  test("a handler that fails after settle has settled nothing; its retry does", async () => {
    const library = open(server.url, "public", PATIENT);
    onTestFinished(() => void library.close());
    const watch = createFaxWatch({ pool });
    await watch.expect("fax_1", { by: ago(1_000) });
    let fails = true;
    const { webhooks } = receiving<unknown>({ store: library.store });
    webhooks.on("fax.delivered", async (event, context) => {
      await library.write(context.tx, event.id);
      await watch.settle(event, context);
      if (fails) throw new Error("no");
    });
    const event = finalEventOf("fax_1");
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(await watch.status()).toMatchObject({ owed: 1, sinceLastEventSeconds: undefined });
    fails = false;
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
  });

  test("a fax is expected with the caller's own writes, or not at all, and its event waits for neither", async () => {
    const library = open(server.url, "public", PATIENT);
    onTestFinished(() => void library.close());
    const watch = createFaxWatch({ pool });
    const submit = (id: string, end: "commit" | "rollback") =>
      library.store.transact({ namespace: name, id: `evt_${id}_${end}` }, async ({ tx }) => {
        await library.write(tx, id);
        await watch.expect(id, { by: ago(1_000), tx });
        // The event arrives before the submission is committed.
        if (end === "commit") await watch.settle(finalEventOf("fax_early"), CONTEXT);
        return end;
      });
    await submit("fax_early", "rollback");
    expect(await watch.status()).toMatchObject({ expected: 0 });
    await submit("fax_early", "commit");
    await submit("fax_owed", "commit");
    expect(await idsOf(watch.outstanding())).toEqual(["fax_owed"]);
    const { rows } = await pool.query("SELECT text FROM effects ORDER BY id");
    expect(rows).toEqual([{ text: "fax_early" }, { text: "fax_owed" }]);
  });
});

test("submissions and handlers that keep their transactions open do not wait for each other", async () => {
  const watch = createFaxWatch({ pool });
  const [submission, delivery] = [await pool.connect(), await pool.connect()];
  await submission.query("BEGIN");
  await delivery.query("BEGIN");
  await watch.expect("fax_1", { by: ago(1_000), tx: submission });
  await watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx: delivery });
  await watch.settle(finalEventOf("fax_2"), { ...CONTEXT, tx: delivery });
  await watch.expect("fax_2", { by: ago(1_000), tx: submission });
  await delivery.query("COMMIT");
  await submission.query("COMMIT");
  submission.release();
  delivery.release();
  expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
});

describe("upkeep", () => {
  test("rows past their retention are deleted in batches; what is owed stays, and what was settled is not owed", async () => {
    const watch = createFaxWatch({ pool, retentionMs: HOUR_MS });
    const submission = await pool.connect();
    await submission.query("BEGIN");
    await watch.expect("fax_raced", { by: ago(1_000), tx: submission });
    for (const id of ["fax_raced", "fax_1", "fax_2"]) await watch.settle(finalEventOf(id), CONTEXT);
    await submission.query("COMMIT");
    submission.release();
    await watch.expect("fax_owed", { by: ago(30 * 24 * HOUR_MS) });
    expect(await watch.deleteExpired()).toBe(0);
    await pool.query(
      "UPDATE mintfax_fax_watch SET until = until - interval '61 minutes' WHERE state = 'settled'",
    );
    expect(await watch.deleteExpired({ batchSize: 2 })).toBe(3);
    const { rows } = await pool.query("SELECT id, state FROM mintfax_fax_watch");
    expect(rows).toEqual([{ id: "fax_owed", state: "expected" }]);
  });

  test("migrate() by ten processes at once, and faxWatchSchema(), make the same table", async () => {
    const shape = async (): Promise<unknown[]> => {
      const { rows } = await pool.query(
        `SELECT column_name || ' ' || data_type AS part FROM information_schema.columns WHERE table_schema = 'app'
           UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'app' ORDER BY part`,
      );
      return rows.map(({ part }) => part);
    };
    await pool.query("DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
    await Promise.all(Array.from({ length: 10 }, () => createFaxWatch({ pool, schema: "app" }).migrate()));
    const migrated = await shape();
    expect(migrated).toHaveLength(7);
    await pool.query("DROP SCHEMA app CASCADE; CREATE SCHEMA app");
    await pool.query(faxWatchSchema({ schema: "app" }));
    expect(await shape()).toEqual(migrated);
  });

  test("migrate() of a complete table waits for no lock", async () => {
    const holder = await pool.connect();
    await holder.query("BEGIN; LOCK TABLE mintfax_fax_watch IN ACCESS EXCLUSIVE MODE");
    await createFaxWatch({ pool }).migrate();
    await holder.query("ROLLBACK");
    holder.release();
  });
});
