import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Pool, type PoolClient, type PoolConfig } from "pg";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { runSize } from "test-support/run-size";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LIBRARIES, type Library } from "./support/libraries.ts";
import { TestDatabase } from "./support/test-database.ts";

const database = new TestDatabase();
beforeEach(async () => {
  await database.admin.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await database.admin.query("CREATE TABLE effects (id serial PRIMARY KEY, text text NOT NULL)");
});

const event = eventFixture("balance.low");
const SHOW_IDLE_LIMIT = "SELECT current_setting('idle_in_transaction_session_timeout') AS value";

const effects = async (): Promise<string[]> =>
  (await database.admin.query<{ text: string }>("SELECT text FROM effects")).rows.map(({ text }) => text);

/** Kills connections as a failover or an administrator does. */
const terminate = (pid: number) => database.admin.query("SELECT pg_terminate_backend($1, 10000)", [pid]);

/** PostgreSQL tells of an error first and ends the transaction then: mintfax's next attempt comes 10 s later. */
async function claimsEnded(): Promise<void> {
  const locks = `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND datname = current_database()`;
  await vi.waitFor(async () => expect((await database.admin.query(locks)).rows).toEqual([]), 30_000);
}

describe.each(Object.entries(LIBRARIES))("%s", (_, open) => {
  let library: Library<unknown>;
  beforeEach(async () => {
    library = open(database.url, "public", { timeoutMs: 5_000 });
    await library.store.migrate();
  });
  afterEach(() => library.close());

  /** A receiver whose handler writes an effect through its transaction, then does `more`. */
  function writing(more: (tx: unknown) => unknown = () => {}) {
    const setup = receiving<unknown>({ store: library.store });
    setup.webhooks.on("balance.low", async ({ id }, { tx }) => {
      await library.write(tx, id);
      await more(tx);
    });
    return setup;
  }

  test("the effect and the claim are committed together; a duplicate does not run", async () => {
    const { webhooks } = writing();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await (await webhooks(attempt(event))).json()).toEqual({ outcome: "duplicate", id: event.id });
    expect(await effects()).toEqual([event.id]);
  });

  test("a handler that throws leaves nothing behind; the retry runs it again", async () => {
    const more = vi.fn().mockRejectedValueOnce(new Error("no")).mockResolvedValue(undefined);
    const { webhooks, records } = writing(more);
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(records[0]).toMatchObject({ outcome: "failed", error: { message: "no" } });
    expect(await effects()).toEqual([]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a handler that hides its failed statement does not count as processed: COMMIT would have rolled back", async () => {
    const fail = (tx: unknown) => library.fail(tx).catch(() => {});
    const more = vi.fn().mockImplementationOnce(fail).mockResolvedValue(undefined);
    const { webhooks, records } = writing(more);
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(records).toMatchObject([{ outcome: "failed", error: { code: "transaction_refused" } }]);
    expect(await effects()).toEqual([]);
    await claimsEnded();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a constraint that fails at COMMIT: the handler has failed, nothing is written, and the retry runs it again", async () => {
    // A constraint that is checked at the end.
    await database.admin.query(`ALTER TABLE effects ADD UNIQUE (text) DEFERRABLE INITIALLY DEFERRED`);
    await database.admin.query("INSERT INTO effects (text) VALUES ($1)", [event.id]);
    const { webhooks, records } = writing();
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect(records[0]).toMatchObject({ outcome: "failed", error: { code: "transaction_refused" } });
    await database.admin.query("DELETE FROM effects");
    await claimsEnded();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a transaction runs at READ COMMITTED, although the default of its role is SERIALIZABLE", async () => {
    const config = { options: "-c default_transaction_isolation=serializable" };
    const strict = open(database.url, "public", { timeoutMs: 5_000 }, config);
    onTestFinished(() => void strict.close());
    const levels: string[] = [];
    const end = await strict.store.transact({ namespace: "mintfax", id: event.id }, async ({ tx }) => {
      levels.push(await strict.read(tx, "SELECT current_setting('transaction_isolation') AS value"));
      return "commit";
    });
    expect([end, levels]).toEqual(["committed", ["read committed"]]);
  });

  test("a worker that stands still: the server ends its transaction after a minute", async () => {
    const limits: string[] = [];
    const { webhooks } = writing(async (tx) => limits.push(await library.read(tx, SHOW_IDLE_LIMIT)));
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(limits).toEqual(["1min"]);
  });

  test("a slow handler: copies are busy, other events are not held up", async () => {
    const work = gate();
    const started = gate();
    const { webhooks } = writing(() => {
      started.open();
      return work.promise;
    });
    const first = webhooks(attempt(event));
    await started.promise;
    expect((await webhooks(attempt(event))).status).toBe(409);
    work.open();
    expect((await first).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });
});

/** The store sends fewer messages on a connection that it knows, and prepares nothing behind a pooler. */
const DIRECT = {
  new: { isKnown: false, greeting: {} },
  "that the store knows": { isKnown: true, greeting: {} },
};
const POOLER = {
  "to a pooler that the store knows": { isKnown: true, greeting: { processID: { value: 0 } } },
};
const CONNECTIONS = runSize(DIRECT, { ...DIRECT, ...POOLER });

describe.each(Object.entries(CONNECTIONS))("on a pool of pg, connections %s", (_, { isKnown, greeting }) => {
  let pool: Pool;
  const options = () => ({ pool, timeoutMs: 5_000 });
  function newPool(config?: PoolConfig): Pool {
    const made = new Pool({ connectionString: database.url, max: 2, ...config }).on("error", () => {});
    return made.on("connect", (client) => void Object.defineProperties(client, greeting));
  }
  /** Each of its two connections has run all that the store sends. */
  async function becomeKnown(): Promise<void> {
    const store = createPostgresTransactionalStore(options());
    const all = [gate(), gate()];
    const ends = all.map((own, index) =>
      store.transact({ namespace: `known ${crypto.randomUUID()}`, id: String(index) }, async () => {
        own.open();
        await Promise.all(all.map(({ promise }) => promise));
        return "commit";
      }),
    );
    expect(await Promise.all(ends)).toEqual(["committed", "committed"]);
  }
  beforeEach(async () => {
    pool = newPool();
    await createPostgresTransactionalStore(options()).migrate();
    if (isKnown) await becomeKnown();
  });
  afterEach(() => pool.end());

  function writing(more: (tx: PoolClient, fence: number) => unknown = () => {}) {
    const setup = receiving({ store: createPostgresTransactionalStore(options()) });
    setup.webhooks.on("balance.low", async ({ id }, { tx, fence }) => {
      await tx.query("INSERT INTO effects (text) VALUES ($1)", [id]);
      await more(tx, fence);
    });
    return setup;
  }
  const pidOf = async (tx: PoolClient): Promise<number> =>
    (await tx.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

  test("50 copies of a slow event on two connections: busy at once, and another event goes through", async () => {
    const work = gate();
    const started = gate();
    const { webhooks } = writing();
    webhooks.on("balance.topup", async ({ id }, { tx }) => {
      await tx.query("INSERT INTO effects (text) VALUES ($1)", [id]);
      started.open();
      await work.promise;
    });
    const slow = eventFixture("balance.topup");
    const first = webhooks(attempt(slow));
    await started.promise;
    const copies = await Promise.all(Array.from({ length: 50 }, () => webhooks(attempt(slow))));
    expect(new Set(copies.map(({ status }) => status))).toEqual(new Set([409]));
    expect((await webhooks(attempt(event))).status).toBe(200);
    work.open();
    expect((await first).status).toBe(200);
    expect((await effects()).sort()).toEqual([event.id, slow.id].sort());
    expect([pool.totalCount, pool.waitingCount]).toEqual([2, 0]);
  });

  test("a connection that is killed under the handler: 503, nothing written, and the retry runs it again", async () => {
    const kill = async (tx: PoolClient) => terminate(await pidOf(tx));
    const more = vi.fn().mockImplementationOnce(kill).mockResolvedValue(undefined);
    const { webhooks } = writing(more);
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(await effects()).toEqual([]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a worker that stands still for longer than the server allows: 503, and the event is free", async () => {
    await pool.end();
    pool = newPool({ options: "-c idle_in_transaction_session_timeout=1s" });
    if (isKnown) await becomeKnown();
    const standStill = (tx: PoolClient) => new Promise((resolve) => tx.once("error", resolve));
    const more = vi.fn().mockImplementationOnce(standStill).mockResolvedValue(undefined);
    const { webhooks } = writing(more);
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(await effects()).toEqual([]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a connection that is killed under a handler that then fails: 503, and the connection is what is reported", async () => {
    const { webhooks, records } = writing(async (tx) => {
      await terminate(await pidOf(tx));
      throw new Error("no");
    });
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(records[0]).toMatchObject({ outcome: "unavailable", error: { code: "57P01" } });
    expect(await effects()).toEqual([]);
  });

  test("a server that dies during COMMIT: 503, nothing is written, and the retry runs the handler again", async () => {
    await database.admin.query(`
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); END';
      CREATE CONSTRAINT TRIGGER die AFTER INSERT ON effects DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die()`);
    const { webhooks, records } = writing();
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(records[0]).toMatchObject({ outcome: "unavailable" });
    expect(await effects()).toEqual([]);
    await database.admin.query("DROP TRIGGER die ON effects");
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("every connection killed between two deliveries: the next one that gets a live one is processed", async () => {
    const { webhooks } = writing();
    expect((await webhooks(attempt())).status).toBe(200);
    const removed = new Promise((resolve) => pool.once("remove", resolve));
    await database.admin.query(
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'postgres'",
    );
    await removed;
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test("a handler that commits by itself, then fails, loses the transaction's promise but not the event", async () => {
    const once = vi
      .fn()
      .mockImplementationOnce(async (tx: PoolClient) => {
        await tx.query("COMMIT");
        throw new Error("no");
      })
      .mockResolvedValue(undefined);
    const { webhooks } = writing(once);
    expect((await webhooks(attempt(event))).status).toBe(500);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id, event.id]);
  });

  test("a handler that committed by itself and lost the event to another: its completion does not count", async () => {
    const { webhooks } = writing();
    const { webhooks: careless, records } = writing(async (tx) => {
      await tx.query("COMMIT");
      expect((await webhooks(attempt(event))).status).toBe(200);
    });
    expect((await careless(attempt(event))).status).toBe(409);
    expect(records[0]).toMatchObject({ outcome: "lost" });
  });

  test("a handler that takes the claim's row away: nothing is committed, and the next attempt runs it again", async () => {
    const takeAway = (tx: PoolClient) => tx.query("DELETE FROM mintfax_webhooks WHERE id = $1", [event.id]);
    const more = vi.fn().mockImplementationOnce(takeAway).mockResolvedValue(undefined);
    const { webhooks, records } = writing(more);
    expect((await webhooks(attempt(event))).status).toBe(409);
    expect(records[0]).toMatchObject({ outcome: "lost" });
    expect(await effects()).toEqual([]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(await effects()).toEqual([event.id]);
  });

  test.each(["on", "off"])(
    "standard_conforming_strings %s: an id and a namespace with quotes and backslashes",
    async (setting) => {
      await pool.end();
      pool = newPool({ options: `-c standard_conforming_strings=${setting}` });
      const store = createPostgresTransactionalStore(options());
      const keys = ["'", "\\", "\\'", "''", "$1", "é", "\n"].map((part) => ({
        namespace: `a ${part} name`,
        id: /^[!-~]+$/.test(part) ? `evt_${part}` : "evt_1",
      }));
      for (const end of ["committed", "done"]) {
        for (const key of keys) expect(await store.transact(key, async () => "commit")).toBe(end);
      }
      const { rows } = await database.admin.query(
        "SELECT namespace, id FROM mintfax_webhooks WHERE namespace LIKE 'a %'",
      );
      expect(new Set(rows.map(({ namespace, id }) => `${namespace} ${id}`))).toEqual(
        new Set(keys.map(({ namespace, id }) => `${namespace} ${id}`)),
      );
    },
  );

  test("fences grow over a rollback, which leaves no row to remember them", async () => {
    const fences: number[] = [];
    const { webhooks } = writing((_, fence) => {
      fences.push(fence);
      if (fences.length < 3) throw new Error("no");
    });
    for (const status of [500, 500, 200]) expect((await webhooks(attempt(event))).status).toBe(status);
    expect(fences).toEqual([...new Set(fences)].sort((a, b) => a - b));
  });

  test("a transaction that begins before another one and claims after it gets the greater fence", async () => {
    const [begun, mayClaim] = [gate(), gate()];
    const slow = new Pool({ connectionString: database.url, max: 1 }).on("error", () => {});
    onTestFinished(() => slow.end());
    slow.on("connect", (client) => {
      const query = client.query.bind(client) as (statement: { readonly text: string }) => Promise<unknown>;
      Object.assign(client, {
        async query(statement: { readonly text: string }) {
          const result = await query(statement);
          if (statement.text.startsWith("BEGIN")) {
            begun.open();
            await mayClaim.promise;
          }
          return result;
        },
      });
    });
    const fences: number[] = [];
    const transact = (on: Pool, end: "commit" | "rollback") =>
      createPostgresTransactionalStore({ ...options(), pool: on }).transact(
        { namespace: "mintfax", id: event.id },
        async ({ fence }) => {
          fences.push(fence);
          return end;
        },
      );
    const second = transact(slow, "commit");
    await begun.promise;
    // It leaves no row that could remember its fence.
    expect(await transact(pool, "rollback")).toBe("rolled_back");
    mayClaim.open();
    expect(await second).toBe("committed");
    expect(fences[1]).toBeGreaterThan(fences[0] as number);
  });

  test("retention counts from the end of the handler, not from the start of its transaction", async () => {
    const retentionMs = 3_600_000;
    const store = createPostgresTransactionalStore({ ...options(), retentionMs });
    let endedAt: unknown;
    await store.transact({ namespace: "mintfax", id: event.id }, async ({ tx }) => {
      endedAt = (await tx.query("SELECT clock_timestamp()::text AS at")).rows[0].at;
      return "commit";
    });
    const { rows } = await database.admin.query(
      "SELECT until >= $1::timestamptz + $2 * interval '1 ms' AS kept FROM mintfax_webhooks WHERE id = $3",
      [endedAt, retentionMs, event.id],
    );
    expect(rows).toEqual([{ kept: true }]);
  });

  test("a lock on the table: 503 in time, the handler does not run, its connection is not used again", async () => {
    const store = createPostgresTransactionalStore({ pool, timeoutMs: 1_000 });
    const { webhooks, records } = receiving({ store });
    const handler = vi.fn();
    webhooks.on("balance.low", handler);
    const holder = await database.admin.connect();
    onTestFinished(() => holder.release(true));
    await holder.query("BEGIN; LOCK TABLE mintfax_webhooks");
    expect((await webhooks(attempt(event))).status).toBe(503);
    expect(records[0]).toMatchObject({ error: { message: "PostgreSQL has not answered within 1000 ms." } });
    expect(pool.totalCount).toBe(isKnown ? 1 : 0);
    await holder.query("COMMIT");
    expect(handler).not.toHaveBeenCalled();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(handler).toHaveBeenCalledOnce();
  });

  test("the handler's own time does not count as waiting for the database", async () => {
    const { webhooks } = receiving({ store: createPostgresTransactionalStore({ pool, timeoutMs: 1_000 }) });
    webhooks.on("balance.low", (_, { tx }) => tx.query("SELECT pg_sleep(1.5)"));
    expect((await webhooks(attempt(event))).status).toBe(200);
  });

  test.runIf(isKnown)("a delivery: two messages beside the handler's own", async () => {
    const texts: string[] = [];
    for (const client of [await pool.connect(), await pool.connect()]) {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      vi.spyOn(client, "query").mockImplementation((...args: unknown[]) => {
        texts.push((args[0] as { text?: string }).text ?? String(args[0]));
        return query(...args);
      });
      client.release();
    }
    const { webhooks } = writing();
    expect((await webhooks(attempt(event))).status).toBe(200);
    expect(texts).toEqual([
      expect.stringMatching(/^BEGIN /),
      "INSERT INTO effects (text) VALUES ($1)",
      expect.stringMatching(/COMMIT$/),
    ]);
  });

  test("a client that joins the results of two statements: the store says what is wrong, and commits nothing", async () => {
    await pool.end();
    pool = newPool();
    if (isKnown) await becomeKnown();
    for (const client of [await pool.connect(), await pool.connect()]) {
      const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
      vi.spyOn(client, "query").mockImplementation(async (...args: unknown[]) => {
        const result = await query(...args);
        return Array.isArray(result) ? result.at(-1) : result;
      });
      client.release();
    }
    const { webhooks, records } = writing();
    const { status } = await webhooks(attempt(event));
    if (!isKnown) return expect([status, await effects()]).toEqual([200, [event.id]]);
    expect(records[0]).toMatchObject({ error: { code: "store_misconfigured" } });
    expect(await effects()).toEqual([]);
  });

  test("a lease store on the same table and it respect each other's claims", async () => {
    const leases = createPostgresStore(options());
    const key = { namespace: "mintfax", id: event.id };
    const work = gate();
    const started = gate();
    const { webhooks } = writing(() => {
      started.open();
      return work.promise;
    });
    const claim = await leases.claim(key, "me", 60_000);
    if (claim.state !== "claimed") throw new Error(claim.state);
    expect((await webhooks(attempt(event))).status).toBe(409);
    expect(await leases.release(key, { owner: "me", fence: claim.fence })).toBe("ok");

    const first = webhooks(attempt(event));
    await started.promise;
    expect(await leases.claim(key, "me", 60_000)).toEqual({ state: "pending" });
    work.open();
    expect((await first).status).toBe(200);
    expect(await leases.claim(key, "me", 60_000)).toEqual({ state: "done" });
  });
});
