import type { PendingClaim } from "@mintfax-webhooks/core/store";
import {
  createPostgresStore,
  createPostgresTransactionalStore,
  type PostgresOperations,
} from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const LEASE_MS = 45_000;

let server: PostgresServer;
let pool: Pool;
beforeAll(async () => {
  server = await PostgresServer.start();
  pool = new Pool({ connectionString: server.url, application_name: "clinic" }).on("error", () => {});
  await createPostgresStore({ pool }).migrate();
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

let keys = 0;
const newKey = () => ({ namespace: "test", id: `evt_${++keys}` });

test("a claim that a transaction holds: its session is named, and it is free while others look", async () => {
  const store = createPostgresTransactionalStore({ pool });
  const key = newKey();
  const result = await store.transact(key, async ({ tx }) => {
    const { rows } = await tx.query("SELECT pg_backend_pid() AS pid");
    const looks = await Promise.all(Array.from({ length: 5 }, () => store.inspect(key)));
    for (const look of looks) {
      if (look.state !== "pending") throw new Error(look.state);
      expect(look.owner).toMatch(new RegExp(`^session ${rows[0].pid} of clinic at 127\\.0\\.0\\.1:\\d+$`));
      expect(look.claimedMs).toBeLessThanOrEqual(look.nowMs);
      expect(look).not.toHaveProperty("fence");
      expect(look).not.toHaveProperty("untilMs");
    }
    // A lease store on the same table sees it too.
    expect((await createPostgresStore({ pool }).inspect(key)).state).toBe("pending");
    return "commit";
  });
  expect(result).toBe("committed");
  expect((await store.inspect(key)).state).toBe("done");
});

test("a look takes no lock: a transaction can begin while another session looks", async () => {
  const store = createPostgresTransactionalStore({ pool });
  const key = newKey();
  let inspection: unknown;
  const looker = await pool.connect();
  // Its transaction stays open after the look, so that it would still hold what the look had locked.
  let end = (): void => {};
  const hasLooked = new Promise<void>((resolve) => {
    const looking = createPostgresTransactionalStore<object>({
      database: {
        async transaction(work) {
          await looker.query("BEGIN");
          const answer = await work({});
          resolve();
          await new Promise<void>((over) => {
            end = over;
          });
          await looker.query("COMMIT");
          looker.release();
          return answer;
        },
        query: async (_, strings, ...values) =>
          (
            await looker.query(
              strings.reduce((text, part, at) => `${text}$${at}${part}`),
              values,
            )
          ).rows,
      },
    });
    inspection = looking.inspect(key);
  });
  await hasLooked;
  expect(await store.transact(key, async () => "commit")).toBe("committed");
  end();
  expect(await inspection).toEqual({ state: "absent" });
});

test("a lock of the same key in another database, or of another application, is not a claim", async () => {
  const key = newKey();
  const client = await pool.connect();
  await client.query("SELECT pg_advisory_lock(4711), pg_advisory_lock(1, 2)");
  expect(await createPostgresStore({ pool }).inspect(key)).toEqual({ state: "absent" });
  await client.query("SELECT pg_advisory_unlock_all()");
  client.release();
});

test("a lease says when it was claimed by the server's clock, and when it ends", async () => {
  const store = createPostgresStore({ pool });
  const key = newKey();
  await store.claim(key, "web-1/4711/t3k2j1/abc.1", LEASE_MS);
  const look = await store.inspect(key);
  if (look.state !== "pending") throw new Error(look.state);
  expect(look.owner).toBe("web-1/4711/t3k2j1/abc.1");
  const { nowMs, claimedMs = Number.NaN, untilMs = Number.NaN } = look;
  expect(untilMs - claimedMs).toBeGreaterThanOrEqual(LEASE_MS - 1);
  expect(untilMs - claimedMs).toBeLessThan(LEASE_MS + 1_000);
  expect(nowMs).toBeGreaterThanOrEqual(claimedMs);
});

const ROW = { state: "done", fence: "1", claimed_ms: "1", until_ms: "3", owner: "me", now_ms: "2" };

test.each<[string, object[]]>([
  ["a state of its own", [{ ...ROW, state: "busy" }]],
  ["no clock", [{ ...ROW, now_ms: null }]],
  ["a fence that is not a number", [{ ...ROW, fence: "one" }]],
  ["a column that is missing", [{ ...ROW, until_ms: undefined }]],
  ["an owner that is missing", [{ ...ROW, state: "pending", owner: null }]],
  ["two rows", [ROW, ROW]],
])("a database that answers with %s is a wrong set-up", async (_, rows) => {
  let queries = 0;
  const store = createPostgresTransactionalStore<object>({
    database: {
      transaction: (work) => work({}),
      query: async () => (++queries === 1 ? [{ state: "fresh" }] : rows),
    },
  });
  await expect(store.inspect(newKey())).rejects.toMatchObject({ code: "store_misconfigured" });
  expect(queries).toBe(2);
});

describe("pending", () => {
  async function list(store: PostgresOperations, namespace?: string): Promise<PendingClaim[]> {
    const claims: PendingClaim[] = [];
    for await (const claim of store.pending(namespace)) claims.push(claim);
    return claims;
  }

  beforeEach(() => pool.query("TRUNCATE mintfax_webhooks"));

  test("it lists what is held, the oldest first, with who has it", async () => {
    const store = createPostgresStore({ pool });
    for (const namespace of ["mintfax", "other"]) {
      for (const id of ["done", "held", "released"]) {
        const claim = await store.claim({ namespace, id }, "me", LEASE_MS);
        const holder = { owner: "me", fence: claim.state === "claimed" ? claim.fence : 0 };
        if (id === "done") await store.complete({ namespace, id }, holder);
        if (id === "released") await store.release({ namespace, id }, holder);
      }
    }
    const held = { owner: "me", fence: expect.any(Number), claimedMs: expect.any(Number) };
    expect(await list(store)).toMatchObject([
      { key: { namespace: "mintfax", id: "held" }, ...held },
      { key: { namespace: "other", id: "held" }, ...held },
    ]);
    expect(await list(store, "other")).toHaveLength(1);
  });

  test("a claim that a transaction holds has a session and no id; a lock of another application is left out", async () => {
    const store = createPostgresTransactionalStore({ pool });
    const client = await pool.connect();
    await client.query("SELECT pg_advisory_lock(4711)");
    await store.transact(newKey(), async () => {
      const [claim, ...others] = await list(store);
      expect(others).toEqual([]);
      expect(claim).toMatchObject({ owner: expect.stringMatching(/^session \d+ of clinic at /) });
      expect(claim).not.toHaveProperty("key");
      return "commit";
    });
    await client.query("SELECT pg_advisory_unlock_all()");
    client.release();
    expect(await list(store)).toEqual([]);
  });

  test("ending a transaction frees the event, and nothing that the handler wrote is committed", async () => {
    const store = createPostgresTransactionalStore({ pool });
    await pool.query("CREATE TABLE effects (text text)");
    const key = newKey();
    const ended = store.transact(key, async ({ tx, signal }) => {
      await tx.query("INSERT INTO effects VALUES ('half')");
      expect(await store.endTransaction(key)).toBe(true);
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      return "commit";
    });
    await expect(ended).rejects.toThrow();
    // PostgreSQL says that it ends the session before it frees its locks.
    await expect.poll(() => store.inspect(key)).toEqual({ state: "absent" });
    expect((await pool.query("SELECT FROM effects")).rowCount).toBe(0);
    expect(await store.endTransaction(key)).toBe(false);
    expect(await store.transact(key, async () => "commit")).toBe("committed");
  });
});
