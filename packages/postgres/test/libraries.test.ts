import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { knexDatabase } from "@mintfax-webhooks/postgres/knex";
import { prismaDatabase } from "@mintfax-webhooks/postgres/prisma";
import { eventFixture } from "@mintfax-webhooks/testing";
import { PrismaPg } from "@prisma/adapter-pg";
import knex from "knex";
import postgres from "postgres";
import { gate } from "test-support/gate";
import { attempt, receiving } from "test-support/receiving";
import { DataSource, type EntityManager } from "typeorm";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { LIBRARIES } from "./support/libraries.ts";
import { PrismaClient } from "./support/prisma/generated/client.js";
import { TestDatabase } from "./support/test-database.ts";

const database = new TestDatabase();
beforeAll(async () => {
  await createPostgresTransactionalStore({ pool: database.admin }).migrate();
  await database.admin.query("CREATE TABLE effects (id serial PRIMARY KEY, text text NOT NULL)");
});
beforeEach(() => database.admin.query("TRUNCATE effects"));

describe.each(Object.entries(LIBRARIES))("%s", (_, open) => {
  test("query_timeout strikes a handler that waits for a row; its retry and another event: each effect is there once", async () => {
    await database.admin.query("INSERT INTO effects (text) VALUES ('row')");
    const library = open(
      database.url,
      "public",
      { timeoutMs: 5_000 },
      { max: 1, query_timeout: 500, connectionTimeoutMillis: 5_000 },
    );
    onTestFinished(() => void library.close());
    const { webhooks } = receiving<unknown>({ store: library.store });
    webhooks.on("balance.low", async ({ id }, { tx }) => {
      await library.write(tx, id);
      await library.read(tx, "SELECT text AS value FROM effects WHERE text = 'row' FOR UPDATE");
    });
    webhooks.on("balance.topup", ({ id }, { tx }) => library.write(tx, id));
    const [a, b] = [eventFixture("balance.low"), eventFixture("balance.topup")];

    const holder = await database.admin.connect();
    await holder.query("BEGIN; SELECT FROM effects WHERE text = 'row' FOR UPDATE");
    expect((await webhooks(attempt(a))).status).toBeGreaterThanOrEqual(500);
    const other = webhooks(attempt(b));
    await holder.query("COMMIT");
    holder.release();
    const statuses = async (event: typeof a | typeof b, first: number): Promise<number> => {
      let status = first;
      for (let tries = 0; status !== 200 && tries < 20; tries += 1)
        status = (await webhooks(attempt(event))).status;
      return status;
    };
    expect(await statuses(b, (await other).status)).toBe(200);
    expect(await statuses(a, 0)).toBe(200);
    const { rows } = await database.admin.query("SELECT text FROM effects WHERE text <> 'row' ORDER BY text");
    expect(rows.map(({ text }) => text)).toEqual([a.id, b.id].sort());
  });

  test("COMMIT that PostgreSQL answers with ROLLBACK: the handler has failed, and the retry runs it again", async () => {
    const library = open(database.url, "public", { timeoutMs: 5_000 }, { max: 1 });
    onTestFinished(() => void library.close());
    let stray = true;
    library.onConnect((client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      Object.assign(client, {
        query(...args: unknown[]) {
          const text = typeof args[0] === "string" ? args[0] : (args[0] as { readonly text?: string }).text;
          if (working && stray && /^commit/i.test(text ?? "")) {
            stray = false;
            (query("SELECT 1 / 0") as Promise<unknown>).catch(() => {});
          }
          return query(...args);
        },
      });
    });
    let working = false;
    const { webhooks, records } = receiving<unknown>({ store: library.store });
    webhooks.on("balance.low", async ({ id }, { tx }) => {
      await library.write(tx, id);
      working = true;
    });
    const event = eventFixture("balance.low");
    const { status } = await webhooks(attempt(event));
    expect(records).toMatchObject([{ outcome: "failed", error: { code: "transaction_refused" } }]);
    expect([status, stray]).toEqual([500, false]);
    expect((await webhooks(attempt(event))).status).toBe(200);
    const { rows } = await database.admin.query("SELECT text FROM effects");
    expect(rows).toEqual([{ text: event.id }]);
  });
});

/** Those whose connections the store itself takes and closes. */
const ON_A_POOL = Object.entries(LIBRARIES).filter(([name]) => name !== "prisma");

describe.each(ON_A_POOL)("%s", (_, open) => {
  test("a connection that the server ends under a handler that hangs: 503, its signal aborts, and its place in the pool is free", async () => {
    const library = open(database.url, "public", { timeoutMs: 5_000 }, { max: 1 });
    onTestFinished(() => void library.close());
    const { webhooks } = receiving<unknown>({ store: library.store });
    let aborted = false;
    const end = gate();
    onTestFinished(() => end.open());
    webhooks.on("balance.low", async (_, { tx, signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      const pid = await library.read(tx, "SELECT pg_backend_pid()::text AS value");
      await database.admin.query("SELECT pg_terminate_backend($1, 10000)", [pid]);
      await end.promise;
    });
    webhooks.on("balance.topup", ({ id }, { tx }) => library.write(tx, id));
    expect((await webhooks(attempt(eventFixture("balance.low")))).status).toBe(503);
    expect(aborted).toBe(true);
    expect((await webhooks(attempt(eventFixture("balance.topup")))).status).toBe(200);
  });

  test("a delivery that waits for the only connection, which the store then closes, gets a live one", async () => {
    const library = open(database.url, "public", { timeoutMs: 5_000 }, { max: 1 });
    onTestFinished(() => void library.close());
    await library.borrow((connection) =>
      connection.query("BEGIN; INSERT INTO effects (text) VALUES ('open')"),
    );
    const transact = () => {
      const { id } = eventFixture("balance.low");
      return library.store.transact({ namespace: "mintfax", id }, async () => "commit");
    };
    const [first, second] = await Promise.allSettled([transact(), transact()]);
    expect(first.status).toBe("rejected");
    expect(second).toEqual({ status: "fulfilled", value: "committed" });
  });

  test("a server that is read-only is left: each delivery gets a new connection, until one can write", async () => {
    const library = open(
      database.url,
      "public",
      { timeoutMs: 5_000 },
      { max: 1, options: "-c default_transaction_read_only=on" },
    );
    onTestFinished(() => void library.close());
    const pids = new Set<number>();
    library.onConnect((connection) =>
      pids.add((connection as { readonly processID?: number }).processID ?? 0),
    );
    const { webhooks } = receiving<unknown>({ store: library.store });
    webhooks.on("balance.low", () => {});
    const event = eventFixture("balance.low");
    for (let tries = 1; tries <= 3; tries += 1) {
      expect((await webhooks(attempt(event))).status).toBe(503);
      expect(pids.size).toBe(tries);
    }
  });
});

test("Prisma's transactions last for 60 s by default, longer than any handler", async () => {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) });
  onTestFinished(() => prisma.$disconnect());
  const transaction = vi.spyOn(prisma, "$transaction");
  const store = createPostgresTransactionalStore({ timeoutMs: 5_000, database: prismaDatabase(prisma) });
  const { id } = eventFixture("balance.low");
  expect(await store.transact({ namespace: "mintfax", id }, async () => "commit")).toBe("committed");
  expect(new Set(transaction.mock.calls.map(([, options]) => options?.timeout))).toEqual(new Set([60_000]));
});

describe("knex", () => {
  test.each(["commit", "rollback"] as const)(
    "a handler that calls %s() of tx has failed: nothing is written, and the retry runs it again",
    async (end) => {
      const db = knex({ client: "pg", connection: database.url, log: { warn() {} } });
      onTestFinished(() => db.destroy());
      const store = createPostgresTransactionalStore({ timeoutMs: 5_000, database: knexDatabase(db) });
      const { webhooks, records } = receiving({ store });
      let isCareless = true;
      webhooks.on("balance.low", async ({ id }, { tx }) => {
        await tx("effects").insert({ text: id });
        if (isCareless) await tx[end]();
      });
      const event = eventFixture("balance.low");
      expect((await webhooks(attempt(event))).status).toBe(500);
      expect(records).toMatchObject([
        {
          outcome: "failed",
          error: { code: "transaction_refused", message: expect.stringContaining("the store commits when") },
        },
      ]);
      expect((await database.admin.query("SELECT FROM effects")).rowCount).toBe(0);
      isCareless = false;
      expect((await webhooks(attempt(event))).status).toBe(200);
      const { rows } = await database.admin.query("SELECT text FROM effects");
      expect(rows).toEqual([{ text: event.id }]);
    },
  );
});

test("postgres.js is refused before a handler runs: its tx answers after its transaction", async () => {
  const sql = postgres(database.url, { max: 1 });
  onTestFinished(() => sql.end());
  const store = createPostgresTransactionalStore<postgres.TransactionSql>({
    database: {
      transaction: (work) => sql.begin(work) as Promise<never>,
      query: (tx, strings, ...values) => tx(strings, ...values),
    },
  });
  const handler = vi.fn();
  const { webhooks, records } = receiving({ store });
  webhooks.on("balance.low", handler);
  expect((await webhooks(attempt(eventFixture("balance.low")))).status).toBe(500);
  expect(records).toMatchObject([
    {
      outcome: "misconfigured",
      error: { message: expect.stringContaining("postgres.js and TypeORM are not supported") },
    },
  ]);
  expect(handler).not.toHaveBeenCalled();
});

/** A tagged template's text, as `pg` takes it. */
const textOf = (strings: TemplateStringsArray): string =>
  strings.reduce((text, string, index) => `${text}$${index}${string}`);

type Query = (tx: EntityManager, text: string, values: string[]) => Promise<readonly unknown[]>;
const TYPEORM: Readonly<Record<string, Query>> = {
  "whose query resolves as it does by itself": (tx, text, values) => tx.query(text, values),
  "whose query resolves with rows": async (tx, text, values) =>
    (await tx.queryRunner?.query(text, values, true))?.records ?? [],
};

test.each(Object.entries(TYPEORM))(
  "TypeORM %s is refused before a handler runs: its tx answers after ROLLBACK",
  async (_, query) => {
    const source = await new DataSource({ type: "postgres", url: database.url }).initialize();
    onTestFinished(() => source.destroy());
    const store = createPostgresTransactionalStore<EntityManager>({
      database: {
        transaction: (work) => source.transaction(work),
        query: (tx, strings, ...values) => query(tx, textOf(strings), values),
      },
    });
    const handler = vi.fn();
    const { webhooks, records } = receiving({ store });
    webhooks.on("balance.low", handler);
    expect((await webhooks(attempt(eventFixture("balance.low")))).status).toBe(500);
    expect(records).toMatchObject([
      { outcome: "misconfigured", error: { message: expect.stringContaining("TypeORM are not supported") } },
    ]);
    expect(handler).not.toHaveBeenCalled();
  },
);
