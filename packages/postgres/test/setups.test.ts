import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { eventFixture } from "@mintfax-webhooks/testing";
import { sql } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { Pool } from "pg";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { attempt, receiving } from "test-support/receiving";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url, max: 2 }).on("error", () => {});
  await createPostgresTransactionalStore({ pool }).migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const urlOf = (change: (url: URL) => void): string => {
  const url = new URL(server.url);
  change(url);
  return url.href;
};

/** A set-up for each SQLSTATE, and the URL of its pool. */
const WRONG: Readonly<Record<string, () => Promise<string>>> = {
  async "42501"() {
    await pool.query("CREATE ROLE stranger LOGIN");
    return urlOf((url) => {
      url.username = "stranger";
    });
  },
  async "3D000"() {
    return urlOf((url) => {
      url.pathname = "/missing";
    });
  },
  async "28000"() {
    return urlOf((url) => {
      url.username = "missing";
    });
  },
  async "28P01"() {
    await pool.query("CREATE ROLE doctor LOGIN PASSWORD 'right'");
    const { hba_file: file } = (await pool.query<{ hba_file: string }>("SHOW hba_file")).rows[0] ?? {};
    await pool.query(
      `COPY (VALUES ('host all doctor all scram-sha-256'), ('host all all all trust')) TO '${file}'`,
    );
    await pool.query("SELECT pg_reload_conf()");
    return urlOf((url) => {
      url.username = "doctor";
      url.password = "wrong";
    });
  },
  async "42703"() {
    await pool.query("CREATE DATABASE another");
    const url = urlOf((another) => {
      another.pathname = "/another";
    });
    const another = new Pool({ connectionString: url });
    await another.query("CREATE TABLE mintfax_webhooks (namespace text, id text)");
    await another.end();
    return url;
  },
};

test.each(Object.keys(WRONG))(
  "SQLSTATE %s: both stores answer 500 and say that the set-up is wrong",
  async (sqlState) => {
    const wrong = new Pool({ connectionString: await WRONG[sqlState]?.() }).on("error", () => {});
    const options = { pool: wrong, timeoutMs: 5_000 };
    for (const store of [createPostgresStore(options), createPostgresTransactionalStore(options)]) {
      const { webhooks, records } = receiving<unknown>({ store });
      const handler = vi.fn();
      webhooks.on("balance.low", handler);
      // A server that has just been told of a new file reads it in its own time.
      const answer = await vi.waitUntil(async () => {
        records.length = 0;
        const { status } = await webhooks(attempt(eventFixture("balance.low")));
        return status !== 200 && status;
      });
      expect(answer).toBe(500);
      expect(records).toMatchObject([
        {
          outcome: "misconfigured",
          error: { code: "store_misconfigured", message: expect.stringContaining(`(SQLSTATE ${sqlState})`) },
        },
      ]);
    }
    await wrong.end();
  },
);

let ids = 0;
const key = () => {
  ids += 1;
  return { namespace: "setups", id: `evt_${ids}` };
};
const commit = async () => "commit" as const;
const misconfigured = (message: RegExp) => ({
  code: "store_misconfigured",
  message: expect.stringMatching(message),
});

test("a missing table is a wrong set-up, and the error says what to run", async () => {
  const store = createPostgresTransactionalStore({ pool, table: "missing" });
  await expect(store.transact(key(), commit)).rejects.toMatchObject(
    misconfigured(/store\.migrate\(\).*42P01/),
  );
});

test.each([[[[], 1]], [undefined], [null], [{ rows: [] }]])(
  "a query that resolves with %j is a wrong set-up",
  async (answer) => {
    const store = createPostgresTransactionalStore<object>({
      database: { transaction: (work) => work({}), query: async () => answer as never },
    });
    await expect(store.transact(key(), commit)).rejects.toMatchObject(
      misconfigured(/expected an array of rows/),
    );
  },
);

test("a library whose tx outlives its transaction is a wrong set-up, and no work is run", async () => {
  type Transaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];
  const db = drizzle(pool);
  const store = createPostgresTransactionalStore<Transaction>({
    database: {
      transaction: (work) => db.transaction(work),
      query: async (tx, strings, ...values) => (await tx.execute(sql(strings, ...values))).rows,
    },
  });
  const work = vi.fn(commit);
  await expect(store.transact(key(), work)).rejects.toMatchObject(
    misconfigured(/still answers after its transaction/),
  );
  expect(work).not.toHaveBeenCalled();
});

test("a library that does not wait for the work is a wrong set-up, and the store leaves the connection alone from then on", async () => {
  const texts: string[] = [];
  const one = new Pool({ connectionString: server.url, max: 1 }).on("error", () => {});
  onTestFinished(() => one.end());
  one.on("connect", (client) => {
    const query = client.query.bind(client) as (statement: { readonly text: string }) => unknown;
    Object.assign(client, {
      query(statement: { readonly text: string }) {
        texts.push(statement.text);
        return query(statement);
      },
    });
  });
  const [claimed, work] = [gate(), gate()];
  let ended: Promise<void> | undefined;
  const store = createPostgresTransactionalStore<object>({
    database: {
      pool: one,
      async transaction(_, run) {
        ended = run({});
        await claimed.promise;
      },
    },
  });
  const transacted = store.transact(key(), async () => {
    claimed.open();
    await work.promise;
    return "commit";
  });
  await expect(transacted).rejects.toMatchObject(misconfigured(/to wait for it/));
  texts.length = 0;
  work.open();
  await expect(ended).rejects.toMatchObject(misconfigured(/to wait for it/));
  expect(texts).toEqual([]);
});

test("handlers that hang on connections that ended give their places back", async () => {
  const store = createPostgresTransactionalStore({ pool });
  for (let hung = 0; hung < 5; hung += 1) {
    let signal: AbortSignal | undefined;
    const hanging = store.transact(key(), async (claim) => {
      signal = claim.signal;
      claim.tx.query("SELECT pg_terminate_backend(pg_backend_pid())").catch(() => {});
      return new Promise(() => {});
    });
    await expect(hanging).rejects.toThrow();
    expect(signal?.aborted).toBe(true);
  }
  expect(await store.transact(key(), commit)).toBe("committed");
});

test("a server that is read-only is left: the connection is closed", async () => {
  const old = new Pool({
    connectionString: server.url,
    max: 1,
    options: "-c default_transaction_read_only=on",
  });
  const store = createPostgresTransactionalStore({ pool: old.on("error", () => {}) });
  await expect(store.transact(key(), commit)).rejects.toMatchObject({ code: "25006" });
  expect(old.totalCount).toBe(0);
  await old.end();
});
