/** `pnpm --filter @mintfax-webhooks/mysql measure`: statements of an event and of a copy, and bytes of an id, on MariaDB. */
import { createMysqlStore, createMysqlTransactionalStore } from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { MariadbServer } from "test-support/mariadb-server";

const IDS = 50_000;

const server = await MariadbServer.start();
const pool = createPool(server.url);
const leases = createMysqlStore({ pool, timeoutMs: 5_000 });
const transactions = createMysqlTransactionalStore({ pool, timeoutMs: 5_000 });
await leases.migrate();

async function lease(id: string): Promise<void> {
  const key = { namespace: "mintfax", id };
  const owner = `${id}/owner/of/thirty-six/characters`;
  const claim = await leases.claim(key, owner, 45_000);
  if (claim.state === "claimed") await leases.complete(key, { owner, fence: claim.fence });
}

async function transact(id: string): Promise<void> {
  await transactions.transact({ namespace: "mintfax", id }, async () => "commit");
}

console.log(
  "with leases:",
  await statements(() => lease("evt_1")),
  "statements; a copy",
  await statements(() => lease("evt_1")),
);
console.log(
  "same transaction:",
  await statements(() => transact("evt_2")),
  "statements; a copy",
  await statements(() => transact("evt_2")),
);

for (let at = 0; at < IDS; at += 100) {
  await Promise.all(
    Array.from({ length: 100 }, (_, number) =>
      lease(`evt_${crypto.randomUUID().replaceAll("-", "")}${at + number}`),
    ),
  );
}
await pool.query("ANALYZE TABLE mintfax_webhooks");
const [rows] = await pool.query(
  "SELECT data_length + index_length AS bytes FROM information_schema.tables WHERE table_name = 'mintfax_webhooks'",
);
console.log("bytes an id:", Math.round(Number((rows as { bytes: number }[])[0]?.bytes) / IDS));
await pool.end();
await server.stop();

/** What the server counts, less the counting itself. */
async function statements(run: () => Promise<void>): Promise<number> {
  const before = await questions(pool);
  await run();
  return (await questions(pool)) - before - 1;
}

async function questions(of: Pool): Promise<number> {
  const [rows] = await of.query("SHOW GLOBAL STATUS LIKE 'Questions'");
  return Number((rows as { Value: string }[])[0]?.Value);
}
