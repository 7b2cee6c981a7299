import { withinLimit } from "@mintfax-webhooks/core/store";
import { createRedisStore, type RedisClient } from "@mintfax-webhooks/redis";
import { UsageError } from "../usage-error.ts";
import type { StoreAddress } from "./address.ts";
import { CALL_LIMIT_MS, CONNECT_LIMIT_MS, type OpenStore } from "./open-store.ts";
import { isClusterBy } from "./redis-info.ts";
import { connectInScheme } from "./redis-tls.ts";

interface Connected {
  readonly client: RedisClient;
  close(): unknown;
}

/** With the client that is installed beside this command. A cluster is recognised by what its server says. */
export async function openRedisStore({
  url,
  prefix: keyPrefix = "mintfax:",
}: Extract<StoreAddress, { readonly kind: "redis" }>): Promise<OpenStore> {
  const { client, close } = await connected(url);
  const store = createRedisStore({ client, keyPrefix, timeoutMs: CALL_LIMIT_MS });
  return { store, name: `Redis, ${keyPrefix}*`, close };
}

async function connected(url: string): Promise<Connected> {
  const ioredis = await ifInstalled(() => import("ioredis"));
  if (ioredis !== undefined) return withIoredis(ioredis, url);
  const redis = await ifInstalled(() => import("redis"));
  if (redis !== undefined) return withNodeRedis(redis, url);
  throw new UsageError(
    "Neither ioredis nor redis is installed beside this command. Run `npm install --save-dev ioredis`, or redis, in the version " +
      "of your application.",
  );
}

async function ifInstalled<Module>(load: () => Promise<Module>): Promise<Module | undefined> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

async function withIoredis(
  { Redis }: Pick<typeof import("ioredis"), "Redis">,
  url: string,
): Promise<Connected> {
  const options = {
    connectTimeout: CONNECT_LIMIT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
    lazyConnect: true,
    // It needs INFO, which a user may lack, and waits for a server that loads its data.
    enableReadyCheck: false,
  };
  const client = new Redis(url, options);
  // What a command rejects with says only that the connection is closed.
  const failure = new Promise<never>((_, reject) => client.once("error", reject).on("error", ignore));
  failure.catch(ignore);
  try {
    const connect = () => Promise.race([client.connect().catch(() => failure), failure]);
    await answered(connectInScheme(url, connect));
    if (!isClusterBy(await answered(client.info().catch(ignore))))
      return { client, close: () => client.disconnect() };
  } catch (error) {
    client.disconnect();
    throw error;
  }
  const { username, password, tls } = client.options;
  client.disconnect();
  const cluster = new Redis.Cluster([url], {
    clusterRetryStrategy: () => null,
    slotsRefreshTimeout: CONNECT_LIMIT_MS,
    redisOptions: {
      ...options,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls !== undefined && { tls }),
    },
    lazyConnect: true,
  }).on("error", ignore);
  try {
    await answered(cluster.connect());
  } catch (error) {
    cluster.disconnect();
    throw error;
  }
  return { client: cluster, close: () => cluster.disconnect() };
}

async function withNodeRedis(
  { createClient, createCluster }: Pick<typeof import("redis"), "createClient" | "createCluster">,
  url: string,
): Promise<Connected> {
  const socket = { connectTimeout: CONNECT_LIMIT_MS, reconnectStrategy: false as const };
  const client = createClient({ url, socket }).on("error", ignore);
  const close = (): void => end(client);
  try {
    await answered(connectInScheme(url, () => client.connect()));
    if (!isClusterBy(await answered(client.info().catch(ignore)))) return { client, close };
  } catch (error) {
    close();
    throw error;
  }
  close();
  const { username, password } = client.options ?? {};
  const cluster = createCluster({
    rootNodes: [{ url }],
    defaults: {
      socket,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    },
  }).on("error", ignore);
  try {
    await answered(cluster.connect());
  } catch (error) {
    end(cluster);
    throw error;
  }
  return { client: cluster as unknown as RedisClient, close: () => end(cluster) };
}

/** The clients limit how long a connection may take, and not how long its server may be silent then. */
function answered<T>(promised: Promise<T>): Promise<T> {
  return withinLimit(promised, CONNECT_LIMIT_MS, (ms) => new Error(`no answer came within ${ms / 1000} s`));
}

/** Before version 5 its name was `disconnect`. */
function end(client: { destroy?(): void; disconnect?(): unknown }): void {
  if (client.destroy !== undefined) client.destroy();
  else void client.disconnect?.();
}

function ignore(): void {}
