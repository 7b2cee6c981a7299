import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Pool } from "pg";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LIBRARIES } from "./support/libraries.ts";
import { TestDatabase } from "./support/test-database.ts";

const database = new TestDatabase();
beforeAll(async () => {
  await database.admin.query("CREATE TABLE effects (id serial PRIMARY KEY, text text NOT NULL)");
  await createPostgresStore({ pool: database.admin }).migrate();
});

const LEFT_OPEN = {
  "that has read": "SELECT FROM effects",
  "that has written": "INSERT INTO effects (text) VALUES ('left open')",
  "that has failed": "SELECT 1 / 0",
};

/** Transactions whose connection the server has not yet seen to be closed: they hold locks until then. */
const OPEN = "SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'";

/** Clients as they are, or without what later versions of `pg` tell. */
const CLIENTS = {
  "a client that tells its state": {},
  "a client that does not": { getTransactionStatus: undefined },
};

describe.each(Object.entries(CLIENTS))("lease store on %s", (_, without) => {
  describe.each(Object.entries(LEFT_OPEN))("a transaction %s was left open on the connection", (_, query) => {
    let pool: Pool;
    let event: { readonly namespace: string; readonly id: string };
    beforeEach(() => {
      event = { namespace: "mintfax", id: eventFixture("balance.low").id };
      pool = new Pool({ connectionString: database.url, max: 1 }).on("error", () => {});
      pool.on("connect", (client) => void Object.assign(client, without));
      return () => pool.end();
    });

    async function leaveOpen(): Promise<void> {
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query(query).catch(() => {});
      client.release();
    }

    test("claim, renew, complete, release, forget: each fails, closes it, and is done on the next one", async () => {
      const store = createPostgresStore({ pool, timeoutMs: 5_000 });
      async function twice<T>(call: () => T): Promise<Awaited<T>> {
        await leaveOpen();
        await expect(call()).rejects.toThrow();
        expect(pool.totalCount).toBe(0);
        await vi.waitUntil(async () => (await database.admin.query(OPEN)).rowCount === 0);
        return await call();
      }
      const claim = await twice(() => store.claim(event, "me", 60_000));
      if (claim.state !== "claimed") throw new Error(claim.state);
      const me = { owner: "me", fence: claim.fence };
      expect(await twice(() => store.renew(event, me, 60_000))).toBe("ok");
      expect(await twice(() => store.release(event, me))).toBe("ok");
      const again = await twice(() => store.claim(event, "you", 60_000));
      if (again.state !== "claimed") throw new Error(again.state);
      expect(await twice(() => store.complete(event, { owner: "you", fence: again.fence }))).toBe("ok");
      expect(await twice(() => store.forget(event))).toBe("forgotten");
      const { rows } = await database.admin.query("SELECT FROM effects WHERE text = 'left open'");
      expect(rows).toEqual([]);
    });

    test("on a connection that the store knows already", async () => {
      const store = createPostgresStore({ pool, timeoutMs: 5_000 });
      await store.claim({ ...event, id: `${event.id}-other` }, "me", 60_000);
      await leaveOpen();
      await expect(store.claim(event, "me", 60_000)).rejects.toThrow();
      await vi.waitUntil(async () => (await database.admin.query(OPEN)).rowCount === 0);
      expect(await store.claim(event, "you", 60_000)).toMatchObject({ state: "claimed" });
    });
  });
});

describe.each(Object.entries(LIBRARIES))("transactional store on %s", (_, open) => {
  test.each(Object.entries(LEFT_OPEN))(
    "a transaction %s was left open on the connection: the store never commits it, and the retry is processed",
    async (_, query) => {
      const library = open(database.url, "public", { timeoutMs: 5_000 }, { max: 1 });
      onTestFinished(() => void library.close());
      await library.borrow(async (connection) => {
        await connection.query("BEGIN");
        await connection.query(query).catch(() => {});
      });
      const event = { namespace: "mintfax", id: eventFixture("balance.low").id };
      const attempt = () =>
        library.store.transact(event, async ({ tx }) => {
          await library.write(tx, event.id);
          return "commit";
        });
      // One that has only read is as good as a new one.
      await attempt().catch(() => {});
      await vi.waitUntil(async () => (await database.admin.query(OPEN)).rowCount === 0);
      expect(["committed", "done"]).toContain(await attempt());
      const { rows } = await database.admin.query(
        "SELECT text FROM effects WHERE text IN ('left open', $1)",
        [event.id],
      );
      expect(rows).toEqual([{ text: event.id }]);
    },
  );
});
