import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { gate } from "test-support/gate";
import { PostgresServer } from "test-support/postgres-server";
import { expect, onTestFinished, test } from "vitest";

test("a crash that loses claims and gives their transactions' numbers out again: fences still grow", async () => {
  // WAL is not written before the crash, but for what the server needs of it.
  const server = await PostgresServer.start({ synchronous_commit: "off", wal_writer_delay: "10s" });
  onTestFinished(() => server.stop());
  const pool = new Pool({ connectionString: server.url }).on("error", () => {});
  onTestFinished(() => pool.end());
  const options = { pool, timeoutMs: 5_000 };
  const [transactions, leases] = [createPostgresTransactionalStore(options), createPostgresStore(options)];
  await leases.migrate();
  await pool.query("CHECKPOINT");

  const inTransaction = { namespace: "crash", id: "evt_1" };
  // Two for one statement.
  const withLease = ["evt_2", "evt_3"].map((id) => ({ namespace: "crash", id }));
  const fences = { transaction: [] as number[], leases: [[], []] as number[][] };
  const xids: number[] = [];
  const leased = async (owner: string): Promise<void> => {
    const claims = await Promise.all(withLease.map((key) => leases.claim(key, owner, 1)));
    claims.forEach((claim, n) => {
      if (claim.state !== "claimed") throw new Error(claim.state);
      fences.leases[n]?.push(claim.fence);
    });
  };

  await leased("before");
  const granted = gate();
  const never = gate();
  onTestFinished(() => never.open());
  const cutOff = transactions.transact(inTransaction, async ({ tx, fence }) => {
    fences.transaction.push(fence);
    xids.push(Number((await tx.query("SELECT pg_current_xact_id()::text AS xid")).rows[0].xid));
    granted.open();
    await never.promise;
    return "commit";
  });
  const failed = expect(cutOff).rejects.toThrow();
  await granted.promise;
  await server.kill();
  await failed;
  await server.restart();

  await transactions.transact(inTransaction, async ({ tx, fence }) => {
    fences.transaction.push(fence);
    xids.push(Number((await tx.query("SELECT pg_current_xact_id()::text AS xid")).rows[0].xid));
    return "commit";
  });
  await leased("after");
  // Else this test tries nothing.
  expect(xids[1]).toBeLessThanOrEqual(xids[0] as number);
  for (const [before, after] of [fences.transaction, ...fences.leases])
    expect(after).toBeGreaterThan(before as number);
});
