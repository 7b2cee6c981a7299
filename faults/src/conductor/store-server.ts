import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { Pool } from "pg";

import { PostgresServer } from "../../../test/support/postgres-server.ts";
import { RedisSentinel } from "../../../test/support/redis-sentinel.ts";
import { RedisServer } from "../../../test/support/redis-server.ts";
import type { StoreKind } from "../receiver/settings.ts";

/** A store's own process. */
export interface StoreServer {
  readonly url: string;
  /** Where it has replicas, one of which can be promoted. */
  readonly sentinel?: RedisSentinel;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const running = new Set<StoreServer>();

/** With what it acknowledges on disk, so that a kill loses nothing. */
export async function startStoreServer(
  kind: Exclude<StoreKind, "memory">,
  withSentinel = false,
): Promise<StoreServer> {
  const server = withSentinel
    ? await startSentinel()
    : kind === "redis"
      ? await startRedis()
      : await startPostgres();
  running.add(server);
  return server;
}

export async function stopStoreServer(server: StoreServer): Promise<void> {
  if (running.delete(server)) await server.stop();
}

/** Whatever way a run ends, none of them stays behind. */
export async function stopAllStoreServers(): Promise<void> {
  await Promise.allSettled([...running].map(stopStoreServer));
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

function startRedis(): Promise<StoreServer> {
  return RedisServer.start(...DURABLE);
}

async function startSentinel(): Promise<StoreServer> {
  const sentinel = await RedisSentinel.start(...DURABLE);
  const { primary } = sentinel;
  return {
    url: primary.url,
    sentinel,
    kill: () => primary.kill(),
    restart: () => primary.restart(),
    stop: () => sentinel.stop(),
  };
}

async function startPostgres(): Promise<StoreServer> {
  const server = await PostgresServer.start({ fsync: "on", max_connections: "500" });
  await onPostgres(server.url, async (pool) => {
    await createPostgresStore({ pool }).migrate();
    await pool.query("CREATE TABLE effects (id text NOT NULL, fence bigint NOT NULL, pid int NOT NULL)");
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
