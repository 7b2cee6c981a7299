import type { PendingClaim } from "@mintfax-webhooks/core/store";
import {
  createMysqlStore,
  createMysqlTransactionalStore,
  type MysqlOperations,
  type MysqlStore,
} from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const LEASE_MS = 45_000;
const OWNER = "web-1/4711/t3k2j1/abc.1";

describe.runIf(HAS_MARIADB)("what an operator does, on MariaDB", () => {
  let server: MariadbServer;
  let pool: Pool;
  beforeAll(async () => {
    server = await MariadbServer.start();
    pool = createPool(server.url);
    await createMysqlStore({ pool }).migrate();
    await pool.query("CREATE TABLE effects (text TEXT NOT NULL)");
  }, 60_000);
  beforeEach(async () => {
    await pool.query("TRUNCATE mintfax_webhooks");
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });

  let keys = 0;
  const newKey = () => ({ namespace: "test", id: `evt_${++keys}` });
  const patient = { timeoutMs: 5_000 };
  const newStore = (): MysqlStore => createMysqlStore({ pool, ...patient });

  async function list(store: MysqlOperations, namespace?: string): Promise<PendingClaim[]> {
    const claims: PendingClaim[] = [];
    for await (const claim of store.pending(namespace)) claims.push(claim);
    return claims;
  }

  test("a lease says when it was claimed by the server's clock, and when it ends", async () => {
    const store = newStore();
    const key = newKey();
    await store.claim(key, OWNER, LEASE_MS);
    const look = await store.inspect(key);
    if (look.state !== "pending") throw new Error(look.state);
    const { nowMs, claimedMs = Number.NaN, untilMs = Number.NaN, owner } = look;
    expect(owner).toBe(OWNER);
    expect(untilMs - claimedMs).toBe(LEASE_MS);
    expect(nowMs).toBeGreaterThanOrEqual(claimedMs);
  });

  test("a claim that a transaction holds: both kinds of store name its session, and forget leaves it alone", async () => {
    const key = newKey();
    const store = createMysqlTransactionalStore({ pool, ...patient });
    const result = await store.transact(key, async ({ tx }) => {
      const [rows] = await tx.query("SELECT CONNECTION_ID() AS id");
      const { id } = (rows as { id: number }[])[0] as { id: number };
      for (const each of [store, newStore()]) {
        const look = await each.inspect(key);
        if (look.state !== "pending") throw new Error(look.state);
        expect(look.owner).toMatch(new RegExp(`^session ${id} of root at 127\\.0\\.0\\.1:\\d+$`));
        expect(look.claimedMs).toBeLessThanOrEqual(look.nowMs);
        expect(look).not.toHaveProperty("fence");
        expect(look).not.toHaveProperty("untilMs");
        expect(await each.forget(key)).toBe("pending");
      }
      return "commit";
    });
    expect(result).toBe("committed");
    expect((await newStore().inspect(key)).state).toBe("done");
  });

  test("pending lists what is held, the oldest first, with who has it", async () => {
    const store = newStore();
    for (const namespace of ["mintfax", "ärzte ☎"]) {
      for (const id of ["done", "held", "released"]) {
        const key = { namespace, id };
        const claim = await store.claim(key, `me, ${namespace}`, LEASE_MS);
        const holder = { owner: `me, ${namespace}`, fence: claim.state === "claimed" ? claim.fence : 0 };
        if (id === "done") await store.complete(key, holder);
        if (id === "released") await store.release(key, holder);
      }
    }
    const held = { fence: expect.any(Number), claimedMs: expect.any(Number), untilMs: expect.any(Number) };
    expect(await list(store)).toMatchObject([
      { key: { namespace: "mintfax", id: "held" }, owner: "me, mintfax", ...held },
      { key: { namespace: "ärzte ☎", id: "held" }, owner: "me, ärzte ☎", ...held },
    ]);
    expect(await list(store, "ärzte ☎")).toHaveLength(1);
  });

  test("pending lists a claim that a transaction holds, with its session, and reads over its lock", async () => {
    const key = newKey();
    const store = createMysqlTransactionalStore({ pool, ...patient });
    const owner = expect.stringMatching(/^session \d+ of root at /);
    await store.transact(key, async () => {
      for (const each of [store, newStore()]) {
        const [claim, ...others] = await list(each);
        expect(others).toEqual([]);
        expect(claim).toEqual({ key, owner, nowMs: expect.any(Number), claimedMs: expect.any(Number) });
      }
      return "commit";
    });
    expect(await list(store)).toEqual([]);
  });

  test("pending leaves out a claim whose handler has itself committed", async () => {
    const store = createMysqlTransactionalStore({ pool, ...patient });
    const refused = store.transact(newKey(), async ({ tx }) => {
      await tx.query("CREATE TABLE IF NOT EXISTS effects (text TEXT NOT NULL)");
      return "commit";
    });
    await expect(refused).rejects.toMatchObject({ code: "transaction_refused" });
    await expect.poll(() => list(store)).toEqual([]);
  });

  test("ending a transaction frees the event, and nothing that the handler wrote is committed", async () => {
    const store = createMysqlTransactionalStore({ pool, ...patient });
    const key = newKey();
    const ended = store.transact(key, async ({ tx, signal }) => {
      await tx.query("INSERT INTO effects VALUES ('half')");
      expect(await newStore().endTransaction(key)).toBe(true);
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      return "commit";
    });
    await expect(ended).rejects.toThrow();
    // The server ends the session a moment after it has closed the connection.
    await expect.poll(() => store.inspect(key)).toEqual({ state: "absent" });
    const [rows] = await pool.query("SELECT text FROM effects");
    expect(rows).toEqual([]);
    expect(await store.endTransaction(key)).toBe(false);
    expect(await store.transact(key, async () => "commit")).toBe("committed");
  });
});
