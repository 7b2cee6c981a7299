import type { RedisClient } from "./client.ts";

/** How a client is made to leave a connection and to connect anew. */
export interface Departure {
  /** Whether it has one connection, so that an answer to a later call says that an earlier one was answered. */
  readonly isSingle: boolean;
  /** @param patienceMs how long a connection of several may take to prove that it is alive */
  depart(patienceMs: number): void;
}

/** ioredis: `new Redis()`, or a node of a `Cluster`. */
interface IoredisConnection {
  readonly status: string;
  disconnect(reconnect?: boolean): void;
  ping(): Promise<unknown>;
}

interface IoredisCluster {
  nodes(): readonly IoredisConnection[];
}

/** node-redis: a client, a pool, a cluster, or a client for Sentinel. The first is called `disconnect` in version 4. */
interface NodeRedisConnection {
  readonly isOpen: boolean;
  readonly isReady?: boolean;
  destroy?(): unknown;
  disconnect?(): unknown;
  connect(): Promise<unknown>;
}

/** A client that waits before its next try, or has no connection yet, is left alone: it is at work on one. */
const CONNECTED: readonly string[] = ["ready", "connect"];

/** A client of node-redis that is not ready may be in the midst of a try, which has to end first: it takes 2.2 s at most. */
const TRY_IS_OVER_MS = 2_500;

export function departureOf(client: RedisClient): Departure {
  const foreign: object = client;
  if (isCluster(foreign)) {
    return { isSingle: false, depart: (patienceMs) => quietly(() => leaveSilentNodes(foreign, patienceMs)) };
  }
  if (isIoredis(foreign)) {
    return { isSingle: true, depart: () => quietly(() => leaveIfConnected(foreign)) };
  }
  if (isNodeRedis(foreign) && (isSingleNodeRedis(foreign) || "masters" in foreign)) {
    return { isSingle: isSingleNodeRedis(foreign), depart: () => quietly(() => connectAnew(foreign)) };
  }
  // A pool of node-redis and its createSentinel() could not be connected anew. The first opens another connection for
  // each call that waits, the second hears of a failover from the sentinels.
  return { isSingle: true, depart() {} };
}

/** Whether it is a client of node-redis itself: a pool, a cluster and a Sentinel have no state of a subscriber. */
export function isSingleNodeRedis(client: object): boolean {
  return "isPubSubActive" in client;
}

function isCluster(client: object): client is IoredisCluster {
  return "evalsha" in client && "nodes" in client && typeof client.nodes === "function";
}

function isIoredis(client: object): client is IoredisConnection {
  return "evalsha" in client && "disconnect" in client && typeof client.disconnect === "function";
}

function isNodeRedis(client: object): client is NodeRedisConnection {
  return (
    "evalSha" in client && "isOpen" in client && "connect" in client && typeof client.connect === "function"
  );
}

function leaveIfConnected(connection: IoredisConnection): void {
  if (CONNECTED.includes(connection.status)) connection.disconnect(true);
}

/** Each node is asked, so that those that work keep their connections. The cluster then looks for who has the slots. */
function leaveSilentNodes(cluster: IoredisCluster, patienceMs: number): void {
  for (const node of cluster.nodes()) {
    if (!CONNECTED.includes(node.status)) continue;
    const timer = setTimeout(() => quietly(() => node.disconnect()), patienceMs);
    timer.unref();
    const answered = (): void => clearTimeout(timer);
    node.ping().then(answered, answered);
  }
}

/** One that its owner has closed stays closed. */
function connectAnew(client: NodeRedisConnection): void {
  if (!client.isOpen) return;
  const wasReady = client.isReady === true;
  const closed = client.destroy === undefined ? client.disconnect?.() : client.destroy();
  Promise.resolve(closed).catch(ignore);
  const connect = (): void => {
    if (!client.isOpen) client.connect().catch(ignore);
  };
  setTimeout(() => quietly(connect), wasReady ? 0 : TRY_IS_OVER_MS).unref();
}

/** The client tells its own listeners of errors. */
function ignore(): void {}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // A client that cannot be left: the calls go on failing in time.
  }
}
