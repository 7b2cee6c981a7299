import {
  createFaxWatch,
  createMysqlStore,
  createMysqlTransactionalStore,
  faxWatchSchema,
} from "@mintfax-webhooks/mysql";
import { eventFixture } from "@mintfax-webhooks/testing";
import { createPool as createCallbackPool } from "mysql2";
import { createPool, type Pool } from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";

const HOUR_MS = 3_600_000;
const PATIENT = { timeoutMs: 5_000 };
/** The handler's context in a store without transactions. */
const CONTEXT = { signal: new AbortController().signal };
const ago = (ms: number): Date => new Date(Date.now() - ms);
const finalEventOf = (id: string, type: "fax.delivered" | "fax.failed" = "fax.delivered") =>
  eventFixture(type, { data: { object: { id } } });

async function idsOf(faxes: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of faxes) ids.push(id);
  return ids;
}

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

  describe("what owes a final event", () => {
    test("a fax is owed from `by` on, an hour later by default, until its final event", async () => {
      const watch = createFaxWatch({ pool });
      await watch.expect("fax_later");
      await watch.expect("fax_failed", { by: ago(2_000) });
      await watch.expect("fax_delivered", { by: ago(1_000) });
      const before = await watch.status();
      expect(before).toMatchObject({ expected: 3, owed: 2, sinceLastEventSeconds: undefined });
      expect(before.oldestOwedSeconds).toBeGreaterThanOrEqual(2);
      expect(await idsOf(watch.outstanding())).toEqual(["fax_failed", "fax_delivered"]);
      const inAnHour = await idsOf(watch.outstanding({ olderThan: new Date(Date.now() + HOUR_MS + 1_000) }));
      expect(inAnHour).toEqual(["fax_failed", "fax_delivered", "fax_later"]);

      await watch.settle(finalEventOf("fax_failed", "fax.failed"), CONTEXT);
      await watch.settle(finalEventOf("fax_delivered"), CONTEXT);
      const after = await watch.status();
      expect(after).toMatchObject({ expected: 1, owed: 0, oldestOwedSeconds: 0 });
      expect(after.sinceLastEventSeconds).toBeLessThan(60);
      expect(await idsOf(watch.outstanding())).toEqual([]);
    });

    test.each(["fax.queued", "fax.sending"] as const)(
      "%s settles nothing, before and after",
      async (type) => {
        const watch = createFaxWatch({ pool });
        await watch.expect("fax_1", { by: ago(1_000) });
        const event = eventFixture(type, { data: { object: { id: "fax_1" } } });
        await watch.settle(event, CONTEXT);
        expect(await idsOf(watch.outstanding())).toEqual(["fax_1"]);
        await watch.settle(finalEventOf("fax_1"), CONTEXT);
        await watch.settle(event, CONTEXT);
        expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
      },
    );

    test("an event that comes before its fax is expected is remembered", async () => {
      const watch = createFaxWatch({ pool });
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.expect("fax_1", { by: ago(1_000) });
      expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
    });

    test("a fax that is expected twice keeps its first `by`; a second final event changes nothing", async () => {
      const watch = createFaxWatch({ pool });
      await watch.expect("fax_1", { by: ago(5_000) });
      await watch.expect("fax_1", { by: new Date(Date.now() + HOUR_MS) });
      expect(await idsOf(watch.outstanding({ olderThan: ago(4_000) }))).toEqual(["fax_1"]);
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.settle(finalEventOf("fax_1"), CONTEXT);
      await watch.expect("fax_1", { by: ago(5_000) });
      expect(await watch.status()).toMatchObject({ expected: 0, owed: 0 });
    });

    test("a fax that is dismissed owes nothing, and does not count as an event that came", async () => {
      const watch = createFaxWatch({ pool });
      await watch.expect("fax_1", { by: ago(1_000) });
      await watch.dismiss("fax_1");
      await watch.expect("fax_1", { by: ago(1_000) });
      expect(await watch.status()).toEqual({
        expected: 0,
        owed: 0,
        oldestOwedSeconds: 0,
        sinceLastEventSeconds: undefined,
      });
    });

    test("1,201 outstanding faxes, many with the same `by`: each comes once, the oldest first", async () => {
      const watch = createFaxWatch({ pool });
      const by = ago(HOUR_MS).getTime();
      await Promise.all(
        Array.from({ length: 1_201 }, (_, n) => watch.expect(`fax_${n}`, { by: new Date(by + (n % 7)) })),
      );
      const found: { readonly id: string; readonly by: Date }[] = [];
      for await (const fax of watch.outstanding()) found.push(fax);
      expect(new Set(found.map(({ id }) => id)).size).toBe(1_201);
      expect(found).toHaveLength(1_201);
      const times = found.map(({ by }) => by.getTime());
      expect(times).toEqual(times.toSorted());
    });

    test("another process sees the same, and tenants in one table do not", async () => {
      await createFaxWatch({ pool, namespace: "a" }).expect("fax_1", { by: ago(1_000) });
      const other = createPool({ uri: server.url, connectionLimit: 1 });
      onTestFinished(() => other.end());
      const [a, b] = ["a", "b"].map((namespace) => createFaxWatch({ pool: other, namespace }));
      await b?.settle(finalEventOf("fax_1"), CONTEXT);
      expect(await a?.status()).toMatchObject({ owed: 1, sinceLastEventSeconds: undefined });
      expect(await b?.status()).toMatchObject({ expected: 0 });
    });
  });

  describe("settling", () => {
    test("its methods need no `this`: `watch.settle` is a handler, with a store that has leases", async () => {
      const watch = createFaxWatch({ pool });
      await watch.expect("fax_1", { by: ago(1_000) });
      const { webhooks } = receiving({ store: createMysqlStore({ pool, ...PATIENT }) });
      webhooks.on("fax.*", watch.settle);
      expect((await webhooks(attempt(finalEventOf("fax_1")))).status).toBe(200);
      const { outstanding } = watch;
      expect(await idsOf(outstanding())).toEqual([]);
    });

    test("without a context, it throws: with a transactional store it would settle outside of the transaction", async () => {
      const watch = createFaxWatch({ pool });
      await expect(watch.settle(finalEventOf("fax_1"), undefined as never)).rejects.toThrow(
        "settle() was called with undefined beside the event; expected the handler's context",
      );
    });

    test("an event whose fax has no id is let through: the watch reports the fax in time", async () => {
      const watch = createFaxWatch({ pool });
      const event = eventFixture("fax.delivered");
      for (const object of [null, {}, { id: 7 }, { id: "" }, { id: "a\0b" }]) {
        await watch.settle({ ...event, data: { object } } as never, CONTEXT);
      }
      expect(await watch.status()).toMatchObject({ sinceLastEventSeconds: undefined });
    });

    test("a table that is missing: the answer is 500, and the log says what to run", async () => {
      const watch = createFaxWatch({ pool, table: "elsewhere" });
      const { webhooks, records } = receiving({ store: createMysqlStore({ pool, ...PATIENT }) });
      webhooks.on("fax.*", watch.settle);
      const answer = await webhooks(attempt(finalEventOf("fax_1")));
      expect(answer.status).toBe(500);
      expect(records).toMatchObject([
        {
          outcome: "misconfigured",
          code: "store_misconfigured",
          error: {
            message: expect.stringContaining("Run `await watch.migrate()` or the SQL of faxWatchSchema()"),
          },
        },
      ]);
    });

    test("a database that is unreachable: the answer is 503, and mintfax sends the event again", async () => {
      const nowhere = createPool("mysql://root@127.0.0.1:1/test");
      onTestFinished(() => nowhere.end());
      const watch = createFaxWatch({ pool: nowhere });
      const { webhooks, records } = receiving({ store: createMysqlStore({ pool, ...PATIENT }) });
      webhooks.on("fax.*", watch.settle);
      expect((await webhooks(attempt(finalEventOf("fax_1")))).status).toBe(503);
      expect(records).toMatchObject([{ outcome: "unavailable", code: "store_unavailable" }]);
      await expect(watch.status()).rejects.toMatchObject({
        code: "store_unavailable",
        cause: expect.objectContaining({ code: "ECONNREFUSED" }),
      });
    });

    test("a `tx` of another database is refused, and a connection with callbacks: nothing would hold the two together", async () => {
      const callbackPool = createCallbackPool(server.url);
      onTestFinished(() => void callbackPool.end());
      const watch = createFaxWatch({ pool });
      const refused = {
        code: "store_misconfigured",
        message: expect.stringContaining("expected a connection of mysql2/promise"),
      };
      for (const tx of [null, {}, 7, "tx", { prepare() {} }, { query() {} }, callbackPool, pool]) {
        await expect(watch.settle(finalEventOf("fax_1"), { ...CONTEXT, tx })).rejects.toMatchObject(refused);
        await expect(watch.expect("fax_1", { tx })).rejects.toMatchObject(refused);
      }
    });
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

  test.each([
    [{ namespace: "" }, "namespace has 0 characters"],
    [{ namespace: undefined }, "namespace is undefined"],
    [{ retentionMs: 1 }, "retentionMs is 1"],
    [{ tables: "x" }, '"tables" is not an option of createFaxWatch'],
    [{ pool: {} }, "pool.getConnection is undefined"],
  ])("%j is refused", (options, message) => {
    expect(() => createFaxWatch({ pool, ...options } as never)).toThrow(message);
  });

  test.each([
    [undefined, {}, "faxId is undefined"],
    ["", {}, "faxId is a string; expected the id of a fax"],
    ["a b", {}, "faxId is a string; expected the id of a fax"],
    ["fax_1", { by: "tomorrow" }, "by is a string; expected a Date"],
    ["fax_1", { by: new Date(Number.NaN) }, "by is an invalid Date; expected a Date"],
  ])("expect(%j, %j) is refused", async (id, options, message) => {
    await expect(createFaxWatch({ pool }).expect(id as never, options as never)).rejects.toThrow(message);
  });
});
