import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { createPool, type Pool as MysqlPool } from "mysql2/promise";
import { Pool } from "pg";
import { MariadbServer } from "test-support/mariadb-server";
import { PgBouncer } from "test-support/pgbouncer-server";
import { PostgresServer } from "test-support/postgres-server";
import { RedisSentinel } from "test-support/redis-sentinel";
import { RedisServer } from "test-support/redis-server";

/** What a row may want of its own server beyond the process: replicas to promote, or a pooler in front. */
export type Surroundings = "sentinel" | "pgbouncer";

export type ServerKind = "redis" | "postgres" | "mysql" | "sqlite";

/** A store's own process. */
export interface StoreServer {
  readonly url: string;
  /** Where it has replicas, one of which can be promoted. */
  readonly sentinel?: RedisSentinel;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open and are still taken in, and nothing is answered. */
  freeze(): Promise<void>;
  /** It goes on, with what has come in meanwhile. */
  thaw(): Promise<void>;
  stop(): Promise<void>;
}

const running = new Set<StoreServer>();

/** With what it acknowledges on disk, so that a kill loses nothing. */
export async function startStoreServer(kind: ServerKind, surroundings?: Surroundings): Promise<StoreServer> {
  const server = await start(kind, surroundings);
  running.add(server);
  return server;
}

function start(kind: ServerKind, surroundings: Surroundings | undefined): Promise<StoreServer> {
  if (surroundings === "sentinel") return startSentinel();
  if (surroundings === "pgbouncer") return startPgBouncer();
  if (kind === "mysql") return startMysql();
  if (kind === "sqlite") return Promise.resolve(makeFile());
  return kind === "redis" ? startRedis() : startPostgres();
}

export async function stopStoreServer(server: StoreServer): Promise<void> {
  if (running.delete(server)) await server.stop();
}

/** None of them outlives a run, however it ends. */
export async function stopAllStoreServers(): Promise<void> {
  await Promise.allSettled([...running].map(stopStoreServer));
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

async function startRedis(): Promise<StoreServer> {
  return ofRedis(await RedisServer.start(...DURABLE));
}

function ofRedis(redis: RedisServer): StoreServer {
  return {
    url: redis.url,
    kill: () => redis.kill(),
    restart: () => redis.restart(),
    freeze: async () => redis.pause(),
    thaw: async () => redis.resume(),
    stop: () => redis.stop(),
  };
}

async function startSentinel(): Promise<StoreServer> {
  const sentinel = await RedisSentinel.start(...DURABLE);
  return { ...ofRedis(sentinel.primary), sentinel, stop: () => sentinel.stop() };
}

/** Fewer than the receivers have to it, so that these share them. */
const SERVER_CONNECTIONS = 8;

/** PostgreSQL behind PgBouncer in transaction mode: its URL leads to the pooler. */
async function startPgBouncer(): Promise<StoreServer> {
  const server = await startPostgres();
  const pooler = await PgBouncer.start(server.url, SERVER_CONNECTIONS);
  return {
    url: pooler.url,
    kill: () => server.kill(),
    restart: () => server.restart(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
    async stop() {
      await pooler.stop();
      await server.stop();
    },
  };
}

/** A database file in a folder of its own. It is out of reach while this process, which has no store, holds its write lock. */
function makeFile(): StoreServer {
  const folder = mkdtempSync(join(tmpdir(), "mintfax-faults-"));
  const file = join(folder, "webhooks.db");
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  let holder: DatabaseSync | undefined;
  const lock = async (): Promise<void> => {
    holder = new DatabaseSync(file, { timeout: 5_000 });
    holder.exec("BEGIN IMMEDIATE");
  };
  const unlock = async (): Promise<void> => holder?.close();
  return {
    url: file,
    kill: lock,
    restart: unlock,
    freeze: lock,
    thaw: unlock,
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function startMysql(): Promise<StoreServer> {
  const server = await MariadbServer.start({
    "innodb-flush-log-at-trx-commit": "1",
    "max-connections": "500",
  });
  await onMysql(server.url, async (pool) => {
    await createMysqlStore({ pool }).migrate();
    await pool.query(
      "CREATE TABLE effects (id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, fence BIGINT NOT NULL, pid INT NOT NULL, KEY (id))",
    );
  });
  return server;
}

async function startPostgres(): Promise<StoreServer> {
  const server = await PostgresServer.start({ fsync: "on", max_connections: "500" });
  await onPostgres(server.url, async (pool) => {
    await createPostgresStore({ pool }).migrate();
    await pool.query("CREATE TABLE effects (id text NOT NULL, fence bigint NOT NULL, pid int NOT NULL)");
    await pool.query("CREATE TABLE enqueued (id text NOT NULL)");
  });
  return server;
}

export async function onPostgres<T>(url: string, use: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

export async function onMysql<T>(url: string, use: (pool: MysqlPool) => Promise<T>): Promise<T> {
  const pool = createPool({ uri: url, connectionLimit: 1 });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}
