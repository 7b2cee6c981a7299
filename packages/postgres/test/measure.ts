/**
 * Prints what the README says about sizes, statements and speed: `pnpm --filter @mintfax-webhooks/postgres measure [ids]`.
 * Speeds are of this machine, with the server beside the client; compare them with each other only.
 */
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "../../../test/support/postgres-server.ts";

const IDS = Number(process.argv[2] ?? 100_000);
const CONNECTIONS = 10;
const server = await PostgresServer.start({ fsync: "on" });
const pool = new Pool({ connectionString: server.url, max: CONNECTIONS }).on("error", () => {});

let statements = 0;
pool.on("connect", (client) => {
  const query = client.query.bind(client) as (statement: unknown) => unknown;
  Object.assign(client, {
    query(statement: unknown) {
      statements += 1;
      return query(statement);
    },
  });
});

/** As long as mintfax's, and as the engine's owners are. */
const keyOf = (n: number) => ({ namespace: "mintfax", id: `evt_${String(n).padStart(22, "0")}` });
const worker = crypto.randomUUID();

async function timed(what: string, act: (n: number) => Promise<unknown>): Promise<void> {
  statements = 0;
  const startMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < IDS) await act(next++);
    }),
  );
  const perSecond = Math.round((IDS / (performance.now() - startMs)) * 1000);
  console.log(`  ${what.padEnd(24)}${(statements / IDS).toFixed(1)} statements, ${perSecond} a second`);
}

async function size(when: string, table: string): Promise<void> {
  const { rows } = await pool.query(
    `SELECT pg_table_size($1) AS table, pg_relation_size($1 || '_pkey') AS key, pg_relation_size($1 || '_until') AS until,
       pg_total_relation_size($1) AS total`,
    [table],
  );
  const bytes = (part: string) => Math.round(Number(rows[0][part]) / IDS);
  console.log(
    `  ${when.padEnd(24)}${bytes("total")} bytes an id: table ${bytes("table")}, key ${bytes("key")}, until ${bytes("until")}`,
  );
}

console.log(`lease store, ${IDS} ids`);
const leases = createPostgresStore({ pool, table: "leases", timeoutMs: 5_000 });
await leases.migrate();
await timed("new events", async (n) => {
  const owner = `${worker}.${n}`;
  const claim = await leases.claim(keyOf(n), owner, 45_000);
  if (claim.state === "claimed") await leases.complete(keyOf(n), { owner, fence: claim.fence });
});
await size("right after", "leases");
await timed("duplicates", async (n) => leases.claim(keyOf(n), `${worker}.again.${n}`, 45_000));

console.log(`same-transaction store, ${IDS} ids`);
const transactions = createPostgresTransactionalStore({
  pool,
  table: "transactions",
  timeoutMs: 5_000,
});
await transactions.migrate();
await timed("new events", (n) => transactions.transact(keyOf(n), async () => "commit"));
await size("right after", "transactions");
await timed("duplicates", (n) => transactions.transact(keyOf(n), async () => "commit"));

console.log("both, in the long run");
for (const table of ["leases", "transactions"]) {
  await pool.query(`VACUUM (FULL, ANALYZE) ${table}`);
  await size(`${table}, packed`, table);
}
await pool.query("UPDATE leases SET until = now() - interval '1 second'");
const startMs = performance.now();
const deleted = await leases.deleteExpired();
console.log(
  `  deleteExpired            ${Math.round((deleted / (performance.now() - startMs)) * 1000)} rows a second`,
);

await pool.end();
await server.stop();
