import type { RedisClient } from "./client.ts";

/** Waits until replicas have confirmed whatever its connection has written. Resolves with how many did. */
export type Wait = (replicas: number, timeoutMs: number) => Promise<unknown>;

/**
 * `WAIT` speaks of the connection that it is sent on, so it needs a client that has exactly one.
 *
 * @returns undefined for a cluster or a pool, which would send it just anywhere
 */
export function waitOf(client: RedisClient): Wait | undefined {
  const { isCluster } = client as { isCluster?: unknown };
  const isClusterOrPool = isCluster === true || "masters" in client || "totalClients" in client;
  if (isClusterOrPool || !("wait" in client) || typeof client.wait !== "function") return undefined;
  const { wait } = client as { wait: Wait };
  return wait.bind(client);
}
