/**
 * Prints what the README says about sizes, statements and speed: `pnpm --filter @mintfax-webhooks/postgres measure [ids]`.
 * Speeds are of this machine, with the server beside the client; compare them with each other only.
 */
import { createPostgresStore, createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";
import { PostgresServer } from "test-support/postgres-server";

const IDS = Number(process.argv[2] ?? 100_000);
const CONNECTIONS = 10;
const ROUNDS = 5;
const server = await PostgresServer.start({ fsync: "on" });
const pool = new Pool({ connectionString: server.url, max: CONNECTIONS }).on("error", () => {});

let statements = 0;
pool.on("connect", (client) => {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query(...args: unknown[]) {
      statements += 1;
      return query(...args);
    },
  });
});

/** As long as mintfax's, and as the receiver's owners are. */
const keyOf = (n: number) => ({ namespace: "mintfax", id: `evt_${String(n).padStart(22, "0")}` });
const worker = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N";

/** How many a second. */
async function speedOf(count: number, act: (n: number) => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < count) await act(next++);
    }),
  );
  return Math.round((count / (performance.now() - startMs)) * 1000);
}

async function timed(what: string, act: (n: number) => Promise<unknown>): Promise<void> {
  statements = 0;
  const perSecond = await speedOf(IDS, act);
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

console.log(`lease store, unprepared as behind a pooler, compared with prepared, ${ROUNDS} rounds`);
const pooler = new Pool({ connectionString: server.url, max: CONNECTIONS }).on("error", () => {});
// A pooler greets with a number of its own.
pooler.on("connect", (client) => Object.defineProperty(client, "processID", { value: 0 }));
const ratios: Record<string, number[]> = { "new events": [], duplicates: [] };
for (let round = 1; round <= ROUNDS; round += 1) {
  const speeds: number[][] = [];
  for (const on of [pool, pooler]) {
    const table = `round_${round}_${speeds.length}`;
    const store = createPostgresStore({ pool: on, table, timeoutMs: 5_000 });
    await store.migrate();
    speeds.push([
      await speedOf(IDS / 10, async (n) => {
        const claim = await store.claim(keyOf(n), worker, 45_000);
        if (claim.state === "claimed") await store.complete(keyOf(n), { owner: worker, fence: claim.fence });
      }),
      await speedOf(IDS / 10, async (n) => store.claim(keyOf(n), worker, 45_000)),
    ]);
  }
  const [prepared = [], unprepared = []] = speeds;
  Object.values(ratios).forEach((of, index) => {
    of.push(Number(unprepared[index]) / Number(prepared[index]));
  });
}
for (const [what, of] of Object.entries(ratios)) {
  console.log(`  ${what.padEnd(24)}${Math.min(...of).toFixed(2)} to ${Math.max(...of).toFixed(2)}`);
}
await pooler.end();

await pool.end();
await server.stop();
