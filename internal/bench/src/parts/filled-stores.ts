import { createRequire } from "node:module";
import { Redis } from "ioredis";
import { Client } from "pg";
import { PostgresServer } from "test-support/postgres-server";
import { HAS_REDIS, RedisServer } from "test-support/redis-server";
import type { Taken } from "../inside/in-flight.ts";
import { builtFile } from "../processes/build.ts";
import { Child } from "../processes/child.ts";
import type { Effort } from "./part.ts";

/** A store that is filled past its own calls. */
export interface Filled {
  /** @param ids how many finished ids it keeps from then on, at least as many as before */
  fill(ids: number): Promise<void>;
  deliveries(count: number): Promise<Taken>;
  close(): Promise<void>;
}

interface FilledStore {
  readonly name: string;
  /** How many deliveries a second of measuring makes. */
  readonly perSecond: number;
  open(runtime: Effort["runtime"]): Promise<Filled>;
}

const OWNER = "clinic-web-1/12345/tp68rk/5Yx0bLqW7d2N.1";
/** A script holds up the server for as long as it runs. */
const IDS_OF_A_SCRIPT = 50_000;

async function openMemory({ node, flags = [] }: Effort["runtime"]): Promise<Filled> {
  let child: Child | undefined;
  return {
    async fill(ids) {
      await child?.stop();
      child = await Child.start(builtFile("inside/memory"), {
        node,
        flags: [...flags, "--expose-gc", "--max-old-space-size=12000"],
      });
      await child.ask("fill", { ids });
    },
    deliveries: (count) => (child as Child).ask("taken", { count }),
    close: async () => child?.stop(),
  };
}

async function openRedis(runtime: Effort["runtime"]): Promise<Filled> {
  const server = await RedisServer.start();
  const child = await Child.start(builtFile("inside/redis"), runtime);
  await child.ask("connect", { url: server.url });
  const client = new Redis(server.url);
  let kept = 0;
  return {
    async fill(ids) {
      for (; kept < ids; kept += IDS_OF_A_SCRIPT) {
        await client.eval(
          `for n = ARGV[1], math.min(ARGV[1] + ${IDS_OF_A_SCRIPT} - 1, ARGV[2]) do
            redis.call('SET', 'mintfax:mintfax:evt_' .. string.sub(redis.sha1hex(n), 1, 22), 'D 1785312000123 0 ${OWNER}', 'PX', 604800000)
          end`,
          0,
          kept,
          ids,
        );
      }
    },
    deliveries: (count) => child.ask("deliveries", { client: "ioredis", count }),
    async close() {
      client.disconnect();
      await child.stop();
      await server.stop();
    },
  };
}

async function openPostgres(runtime: Effort["runtime"]): Promise<Filled> {
  const server = await PostgresServer.start();
  const child = await Child.start(builtFile("inside/postgres"), runtime);
  await child.ask("connect", { url: server.url });
  const client = new Client({ connectionString: server.url });
  await client.connect();
  let kept = 0;
  return {
    async fill(ids) {
      await client.query(
        `INSERT INTO leases (fence, until, namespace, id, state, owner)
         SELECT 1785312000123, now() + interval '30 days', 'mintfax', 'evt_' || left(md5(n::text), 22), 'done', '${OWNER}'
         FROM generate_series($1::int, $2::int) n`,
        [kept + 1, ids],
      );
      await client.query("VACUUM ANALYZE leases");
      await client.query("CHECKPOINT");
      kept = ids;
    },
    deliveries: (count) => child.ask("deliveries", { mode: "lease", count }),
    async close() {
      await client.end();
      await child.stop();
      await server.stop();
    },
  };
}

async function openSqlite(runtime: Effort["runtime"]): Promise<Filled> {
  const child = await Child.start(builtFile("inside/sqlite"), runtime);
  const path = createRequire(import.meta.url).resolve("better-sqlite3");
  await child.ask("open", { driver: "better-sqlite3", path });
  let kept = 0;
  return {
    async fill(ids) {
      await child.ask("fill", { ids: ids - kept });
      kept = ids;
    },
    deliveries: (count) => child.ask("store", { count, atOnce: 32 }),
    close: () => child.stop(),
  };
}

export const FILLED_STORES: readonly FilledStore[] = [
  { name: "Memory store", perSecond: 20_000, open: openMemory },
  ...(HAS_REDIS ? [{ name: "Redis store (ioredis)", perSecond: 20_000, open: openRedis }] : []),
  { name: "PostgreSQL, lease store", perSecond: 10_000, open: openPostgres },
  { name: "SQLite store (better-sqlite3), claim and completion alone", perSecond: 2_000, open: openSqlite },
];
