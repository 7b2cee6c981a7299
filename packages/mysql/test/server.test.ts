/** The server stopped, stalled, killed and restarted under the stores, and several processes at once. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { gate } from "test-support/gate";
import { HAS_MARIADB, MariadbServer } from "test-support/mariadb-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

const LEASE_MS = 60_000;
const PROCESSES = 4;
const EVENTS = 250;

describe.runIf(HAS_MARIADB)("MariaDB", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    // Each commit is on the disk before it is acknowledged, as it is by default.
    server = await MariadbServer.start({ "innodb-flush-log-at-trx-commit": "1" });
    const pool = createPool(server.url);
    await createMysqlStore({ pool }).migrate();
    await pool.query("CREATE TABLE effects (text VARCHAR(64) NOT NULL)");
    await pool.end();
  }, 60_000);
  afterAll(() => server.stop());

  function newPool(): Pool {
    const pool = createPool({ uri: server.url, connectTimeout: 1_000 });
    onTestFinished(() => pool.end().catch(() => {}));
    return pool;
  }

  async function effects(pool: Pool): Promise<string[]> {
    const [rows] = await pool.query("SELECT text FROM effects ORDER BY text");
    return (rows as { text: string }[]).map(({ text }) => text);
  }

  test("what was acknowledged is there after the server was killed, and claims that were not completed can be taken over", async () => {
    const pool = newPool();
    const store = createMysqlStore({ pool, timeoutMs: 5_000 });
    const [done, pending] = ["evt_killed_done", "evt_killed_pending"].map((id) => ({
      namespace: "mintfax",
      id,
    })) as [{ namespace: string; id: string }, { namespace: string; id: string }];
    const claimed = await store.claim(done, "one", LEASE_MS);
    if (claimed.state !== "claimed") throw new Error(claimed.state);
    await store.complete(done, { owner: "one", fence: claimed.fence });
    const before = await store.claim(pending, "one", 1);
    await server.kill();
    await expect(store.claim(done, "two", LEASE_MS)).rejects.toThrow();
    await server.restart();
    expect(await store.claim(done, "two", LEASE_MS)).toEqual({ state: "done" });
    const after = await store.claim(pending, "two", LEASE_MS);
    if (before.state !== "claimed" || after.state !== "claimed")
      throw new Error(`${before.state}, ${after.state}`);
    expect(after.fence).toBeGreaterThan(before.fence);
  });

  test("a server that is frozen rejects each call in time, and works again afterwards", async () => {
    const pool = newPool();
    const store = createMysqlStore({ pool, timeoutMs: 500 });
    const key = { namespace: "mintfax", id: "evt_frozen" };
    expect(await store.claim(key, "one", LEASE_MS)).toMatchObject({ state: "claimed" });
    await server.freeze();
    try {
      for (let i = 0; i < 12; i += 1) {
        await expect(store.claim(key, "one", LEASE_MS)).rejects.toMatchObject({ code: "store_unavailable" });
      }
    } finally {
      await server.thaw();
    }
    const claimed = async () => (await store.claim(key, "one", LEASE_MS)).state;
    await expect.poll(() => claimed().catch(() => "unavailable")).toBe("claimed");
  });

  test("a handler whose server is killed learns of it at once, and nothing of it is committed", async () => {
    const pool = newPool();
    const store = createMysqlTransactionalStore({ pool, timeoutMs: 5_000 });
    const key = { namespace: "mintfax", id: "evt_tx_killed" };
    const [started, never] = [gate(), gate()];
    onTestFinished(() => never.open());
    let signal: AbortSignal | undefined;
    const transaction = store.transact(key, async (claim) => {
      signal = claim.signal;
      await claim.tx.query("INSERT INTO effects VALUES ('lost with the server')");
      started.open();
      await never.promise;
      return "commit";
    });
    const refused = expect(transaction).rejects.toThrow();
    await started.promise;
    await server.kill();
    await refused;
    expect(signal?.aborted).toBe(true);
    await server.restart();
    expect(await effects(pool)).toEqual([]);
    expect(await store.transact(key, async () => "commit")).toBe("committed");
  });

  test("a COMMIT whose answer is lost rejects, and the next attempt finds out what became of it", async () => {
    const pool = newPool();
    const key = { namespace: "mintfax", id: "evt_unknown" };
    const store = createMysqlTransactionalStore({ pool: forgetful(pool), timeoutMs: 2_000 });
    const handle = async ({ tx }: { tx: Pick<Pool, "query"> }) => {
      await tx.query("INSERT INTO effects VALUES ('once')");
      return "commit" as const;
    };
    await expect(store.transact(key, handle)).rejects.toThrow("the answer was lost");
    const next = createMysqlTransactionalStore({ pool, timeoutMs: 5_000 });
    await expect.poll(() => next.transact(key, handle)).toBe("done");
    expect(await effects(pool)).toEqual(["once"]);
  });

  /** Sends COMMIT and loses the connection before the answer. */
  function forgetful(pool: Pool): Pool {
    return {
      async getConnection() {
        const connection = await pool.getConnection();
        const query = connection.query.bind(connection) as (options: { sql: string }) => Promise<unknown>;
        return Object.assign(connection, {
          async query(options: { sql: string }) {
            const answer = await query(options);
            if (!/^COMMIT/.test(options.sql)) return answer;
            connection.destroy();
            throw new Error("the answer was lost");
          },
        });
      },
    } as unknown as Pool;
  }

  test.each(["lease", "transactional"])(
    `${PROCESSES} processes that are given the same ${EVENTS} events at once: each event is handled once (%s)`,
    async (kind) => {
      const children = Array.from({ length: PROCESSES }, () =>
        fork(join(import.meta.dirname, "support/process.ts"), [server.url, kind, String(EVENTS)], {
          execArgv: ["--conditions=source"],
        }),
      );
      const exits = await Promise.all(children.map((child) => once(child, "exit")));
      expect(exits.map(([code]) => code)).toEqual(children.map(() => 0));
      const pool = newPool();
      const [rows] = await pool.query("SELECT text FROM effects WHERE text LIKE ?", [`${kind} %`]);
      const handled = (rows as { text: string }[]).map(({ text }) => text);
      expect(new Set(handled).size).toBe(EVENTS);
      expect(handled.length).toBe(EVENTS);
    },
  );
});
