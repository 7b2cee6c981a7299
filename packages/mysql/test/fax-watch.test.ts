import {
  createFaxWatch,
  createMysqlStore,
  createMysqlTransactionalStore,
  faxWatchSchema,
} from "@mintfax-webhooks/mysql";
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
import { createPool as createCallbackPool } from "mysql2";
import { createPool, type Pool } from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const PATIENT = { timeoutMs: 5_000 };

describe.runIf(HAS_MARIADB)("the fax watch on MariaDB", () => {
  let server: MariadbServer;
  let pool: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start();
    pool = createPool(server.url);
    await createMysqlStore({ pool }).migrate();
    await createFaxWatch({ pool }).migrate();
    await pool.query("CREATE TABLE effects (id SERIAL PRIMARY KEY, text TEXT NOT NULL)");
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  beforeEach(async () => {
    await pool.query("DELETE FROM mintfax_fax_watch");
    await pool.query("DELETE FROM effects");
  });

  /** Each test begins with the table empty. */
  const newTable = (): FaxTable => ({
    watch(options = {}) {
      const own = createPool(server.url);
      onTestFinished(() => own.end());
      return createFaxWatch({ pool: own, ...PATIENT, ...options });
    },
    store: () => createMysqlStore({ pool, ...PATIENT }),
  });

  testFaxWatch({
    newTable,
    foreign: {
      transactions() {
        const callbackPool = createCallbackPool(server.url);
        onTestFinished(() => void callbackPool.end());
        return [null, {}, 7, "tx", { prepare() {} }, { query() {} }, callbackPool, pool];
      },
      message: "expected a connection of mysql2/promise",
    },
    create: (options) => createFaxWatch({ pool, ...options }),
    wrongDatabase: [{ pool: {} }, "pool.getConnection is undefined"],
  });

  testFaxWatchOutages({
    newTable,
    missing: () => createFaxWatch({ pool, table: "elsewhere" }),
    unreachable() {
      const nowhere = createPool("mysql://root@127.0.0.1:1/test");
      onTestFinished(() => nowhere.end());
      return createFaxWatch({ pool: nowhere });
    },
  });

  describe("in a transaction", () => {
    test("a handler that fails after settle has settled nothing; its retry does", async () => {
      const watch = createFaxWatch({ pool });
      await watch.expect("fax_1", { by: ago(1_000) });
      let fails = true;
      const { webhooks } = receiving({ store: createMysqlTransactionalStore({ pool, ...PATIENT }) });
      webhooks.on("fax.delivered", async (event, context) => {
        await context.tx.query("INSERT INTO effects (text) VALUES (?)", [event.id]);
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
      const watch = createFaxWatch({ pool });
      const connection = await pool.getConnection();
      const submit = async (id: string, end: "COMMIT" | "ROLLBACK") => {
        await connection.query("START TRANSACTION");
        await connection.query("INSERT INTO effects (text) VALUES (?)", [id]);
        await watch.expect(id, { by: ago(1_000), tx: connection });
        // The event arrives before the submission is committed.
        if (end === "COMMIT") await watch.settle(finalEventOf("fax_early"), CONTEXT);
        await connection.query(end);
      };
      await submit("fax_early", "ROLLBACK");
      expect(await watch.status()).toMatchObject({ expected: 0 });
      await submit("fax_early", "COMMIT");
      await submit("fax_owed", "COMMIT");
      connection.release();
      expect(await idsOf(watch.outstanding())).toEqual(["fax_owed"]);
      const [rows] = await pool.query("SELECT text FROM effects ORDER BY id");
      expect(rows).toEqual([{ text: "fax_early" }, { text: "fax_owed" }]);
    });
  });

  test.each(["READ COMMITTED", "REPEATABLE READ"])(
    "submissions at %s and handlers that keep their transactions open do not wait for each other",
    async (level) => {
      const watch = createFaxWatch({ pool });
      const [submission, delivery] = [await pool.getConnection(), await pool.getConnection()];
      await submission.query(`SET TRANSACTION ISOLATION LEVEL ${level}`);
      await submission.query("START TRANSACTION");
      await delivery.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
      await delivery.query("START TRANSACTION");
      await watch.expect("fax_1", { by: ago(1_000), tx: submission });
      await watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx: delivery });
      await watch.settle(finalEventOf("fax_2"), { ...CONTEXT, tx: delivery });
      await watch.expect("fax_2", { by: ago(1_000), tx: submission });
      await delivery.query("COMMIT");
      await submission.query("COMMIT");
      submission.release();
      delivery.release();
      expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
    },
  );

  describe("upkeep", () => {
    test("rows past their retention are deleted in batches; what is owed stays, and what was settled is not owed", async () => {
      const watch = createFaxWatch({ pool, retentionMs: HOUR_MS });
      const submission = await pool.getConnection();
      await submission.query("START TRANSACTION");
      await watch.expect("fax_raced", { by: ago(1_000), tx: submission });
      for (const id of ["fax_raced", "fax_1", "fax_2"]) await watch.settle(finalEventOf(id), CONTEXT);
      await submission.query("COMMIT");
      submission.release();
      await watch.expect("fax_owed", { by: ago(30 * 24 * HOUR_MS) });
      expect(await watch.deleteExpired()).toBe(0);
      await pool.query("UPDATE mintfax_fax_watch SET until = until - 61 * 60000 WHERE state = 'settled'");
      expect(await watch.deleteExpired({ batchSize: 2 })).toBe(3);
      const [rows] = await pool.query("SELECT CAST(id AS CHAR) AS id, state FROM mintfax_fax_watch");
      expect(rows).toEqual([{ id: "fax_owed", state: "expected" }]);
    });

    test("migrate() by ten processes at once, and faxWatchSchema(), make the same table", async () => {
      const shape = async (): Promise<unknown> => {
        const [rows] = await pool.query("SHOW CREATE TABLE other.mintfax_fax_watch");
        return rows;
      };
      await pool.query("CREATE DATABASE other");
      const watches = Array.from({ length: 10 }, () => createFaxWatch({ pool, database: "other" }));
      await Promise.all(watches.map((watch) => watch.migrate()));
      const migrated = await shape();
      await pool.query("DROP TABLE other.mintfax_fax_watch");
      await pool.query(faxWatchSchema({ database: "other" }));
      expect(await shape()).toEqual(migrated);
    });
  });
});
