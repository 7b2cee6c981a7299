import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { eventFixture } from "@mintfax-webhooks/testing";
import { Pool } from "pg";
import { attempt, receiving } from "test-support/receiving";
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { TestDatabase } from "./support/test-database.ts";

const database = new TestDatabase();
beforeAll(async () => {
  await createPostgresStore({ pool: database.admin }).migrate();
});

let pool: Pool;
beforeEach(() => {
  pool = new Pool({ connectionString: database.url, max: 1 }).on("error", () => {});
});
afterEach(() => pool.end());

const key = () => ({ namespace: "mintfax", id: eventFixture("balance.low").id });

test("two statements for an event, one for a duplicate, each prepared once for each connection", async () => {
  const statements: (string | undefined)[] = [];
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as (statement: { readonly name?: string }) => unknown;
    Object.assign(client, {
      query(statement: { readonly name?: string }) {
        statements.push(statement.name);
        return query(statement);
      },
    });
  });
  const { webhooks } = receiving({ store: createPostgresStore({ pool }) });
  webhooks.on("balance.low", () => {});
  // Of a new connection the store asks one thing more.
  expect((await webhooks(attempt(eventFixture("balance.low")))).status).toBe(200);
  const [asked, claim, complete] = statements.splice(0);
  expect(asked).toBeUndefined();
  const event = eventFixture("balance.low");
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(statements).toEqual([claim, complete]);
  expect((await webhooks(attempt(event))).status).toBe(200);
  expect(statements).toEqual([claim, complete, claim]);
  expect(statements).not.toContain(undefined);
});

test("a duplicate writes nothing", async () => {
  const store = createPostgresStore({ pool });
  const event = key();
  const claim = await store.claim(event, "me", 1_000);
  if (claim.state !== "claimed") throw new Error(claim.state);
  const version = async () =>
    (await database.admin.query("SELECT xmin, xmax, ctid FROM mintfax_webhooks WHERE id = $1", [event.id]))
      .rows;
  const pending = await version();
  expect(await store.claim(event, "you", 1_000)).toEqual({ state: "pending" });
  expect(await version()).toEqual(pending);
  await store.complete(event, { owner: "me", fence: claim.fence });
  const done = await version();
  expect(await store.claim(event, "you", 1_000)).toEqual({ state: "done" });
  expect(await version()).toEqual(done);
});

test("a release that is repeated does not prolong the retention", async () => {
  const store = createPostgresStore({ pool });
  const event = key();
  const claim = await store.claim(event, "me", 1_000);
  if (claim.state !== "claimed") throw new Error(claim.state);
  const until = async () =>
    (await database.admin.query("SELECT until::text FROM mintfax_webhooks WHERE id = $1", [event.id])).rows;
  expect(await store.release(event, { owner: "me", fence: claim.fence })).toBe("ok");
  const first = await until();
  expect(await store.release(event, { owner: "me", fence: claim.fence })).toBe("ok");
  expect(await until()).toEqual(first);
});

test("no connection is held while the handler works", async () => {
  const { webhooks } = receiving({ store: createPostgresStore({ pool }) });
  const idle: number[] = [];
  webhooks.on("balance.low", () => void idle.push(pool.idleCount));
  expect((await webhooks(attempt(eventFixture("balance.low")))).status).toBe(200);
  expect(idle).toEqual([1]);
});

test("a pool without a free connection: 503 in time, and no place is lost by it", async () => {
  const handler = vi.fn();
  const { webhooks } = receiving({ store: createPostgresStore({ pool, timeoutMs: 1_000 }) });
  webhooks.on("balance.low", handler);
  const event = eventFixture("balance.low");
  const taken = await pool.connect();
  const answers = await Promise.all(Array.from({ length: 20 }, () => webhooks(attempt(event))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect(handler).not.toHaveBeenCalled();
  taken.release();
  expect((await webhooks(attempt(event))).status).toBe(200);
});

test("a lock on the table: every call fails in time, on a connection that is not used again", async () => {
  const store = createPostgresStore({ pool, timeoutMs: 1_000 });
  const holder = await database.admin.connect();
  await holder.query("BEGIN; LOCK TABLE mintfax_webhooks");
  const event = key();
  const mine = { owner: "me", fence: 1 };
  const calls = [
    () => store.claim(event, "me", 1_000),
    () => store.renew(event, mine, 1_000),
    () => store.complete(event, mine),
    () => store.release(event, mine),
    () => store.forget(event),
  ];
  for (const call of calls) {
    await expect(call()).rejects.toThrow("PostgreSQL has not answered within 1000 ms.");
    expect(pool.totalCount).toBe(0);
  }
  await holder.query("COMMIT");
  holder.release();
  expect(await store.claim(key(), "me", 1_000)).toMatchObject({ state: "claimed" });
});

test("connections that are killed: calls fail or go on, the process lives, the store comes back", async () => {
  const store = createPostgresStore({ pool, timeoutMs: 5_000 });
  const holder = await database.admin.connect();
  await holder.query("BEGIN; LOCK TABLE mintfax_webhooks");
  // Listened to from here on: it may fail before the answer to the one who kills it is read.
  const claim = expect(store.claim(key(), "me", 1_000)).rejects.toThrow(/terminat/);
  const waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  await vi.waitUntil(async () => (await database.admin.query(waiting)).rowCount === 1, { timeout: 5_000 });
  await database.admin.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiting`);
  await claim;
  await holder.query("COMMIT");
  holder.release();
  expect(await store.claim(key(), "me", 1_000)).toMatchObject({ state: "claimed" });
});

/** A server that accepts a connection and at once says that it ends, as one does whose parent process was killed. */
async function dyingServer(): Promise<Server> {
  const message = (type: string, body: string) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
  };
  const welcome = [message("R", "\0\0\0\0"), message("Z", "I")];
  const farewell = message(
    "E",
    "SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0",
  );
  const dying = createServer((socket) => {
    socket.on("error", () => {}).once("data", () => socket.end(Buffer.concat([...welcome, farewell])));
  });
  await once(dying.listen(0, "127.0.0.1"), "listening");
  return dying;
}

test.each(["lease", "transactional"])(
  "%s: a server that dies right behind its greeting: calls fail, the process lives",
  async (kind) => {
    const dying = await dyingServer();
    onTestFinished(() => void dying.close());
    const { port } = dying.address() as AddressInfo;
    const near = new Pool({ host: "127.0.0.1", port, user: "postgres" }).on("error", () => {});
    onTestFinished(() => near.end());
    const call =
      kind === "lease"
        ? createPostgresStore({ pool: near }).claim(key(), "me", 1_000)
        : createPostgresTransactionalStore({ pool: near }).transact(key(), async () => "commit");
    await expect(call).rejects.toThrow();
  },
);

test("stores with tables of their own on one connection do not mix their statements up", async () => {
  const stores = ["one", "two"].map((table) => createPostgresStore({ pool, table }));
  for (const store of stores) await store.migrate();
  const event = key();
  for (const store of stores) {
    expect(await store.claim(event, "me", 1_000)).toMatchObject({ state: "claimed" });
    expect(await store.claim(event, "you", 1_000)).toEqual({ state: "pending" });
  }
});
