/** A receiver's process: `process.ts <url> <lease|transactional> <events>`. It takes each event until it is done. */
import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool } from "mysql2/promise";

const [, , url = "", kind = "", events = ""] = process.argv;
const pool = createPool({ uri: url, connectionLimit: 5 });
const leases = createMysqlStore({ pool, timeoutMs: 5_000 });
const transactions = createMysqlTransactionalStore({ pool, timeoutMs: 5_000 });
const INSERT = "INSERT INTO effects VALUES (?)";

async function byLease(id: string): Promise<boolean> {
  const key = { namespace: "processes", id };
  const owner = crypto.randomUUID();
  const claim = await leases.claim(key, owner, 60_000);
  if (claim.state !== "claimed") return claim.state === "done";
  await pool.query(INSERT, [id]);
  return (await leases.complete(key, { owner, fence: claim.fence })) === "ok";
}

async function inTransaction(id: string): Promise<boolean> {
  const result = await transactions.transact({ namespace: "processes", id }, async ({ tx }) => {
    await tx.query(INSERT, [id]);
    return "commit";
  });
  return result === "done" || result === "committed";
}

/** On a busy machine a call may take longer than the store waits. */
function unlessUnavailable(error: { readonly code?: string }): false {
  if (error.code === "store_unavailable") return false;
  throw error;
}

const take = kind === "lease" ? byLease : inTransaction;
await Promise.all(
  Array.from({ length: Number(events) }, async (_, number) => {
    while (!(await take(`${kind} ${number}`).catch(unlessUnavailable)));
  }),
);
await pool.end();
