import type { RedisClient } from "./client.ts";

/** Makes a client leave its connection and connect again. */
export interface Departure {
  /** Whether the client has one connection, so that the answer to a later call shows that an earlier one was read. */
  readonly isSingle: boolean;
  /** @param patienceMs how long each connection of a cluster may take to answer a PING before it is closed */
  depart(patienceMs: number): void;
  /** A call has failed: connects again, if the client has not come back since the last time. */
  resume(): void;
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

/** In any other state, ioredis is already connecting. */
const CONNECTED: readonly string[] = ["ready", "connect"];

/**
 * After this time, a connect() of node-redis that has not resolved counts as failed. A cluster waits for a frozen node without
 * a limit, and stops trying where it found no node; its calls fail at once meanwhile.
 */
const CONNECT_IS_OVER_MS = 10_000;

/** A client of node-redis that is not ready may be connecting, which has to end first. That takes 2.2 s at most. */
const TRY_IS_OVER_MS = 2_500;

export function departureOf(client: RedisClient): Departure {
  const foreign: object = client;
  if (isIoredisCluster(foreign)) {
    return {
      isSingle: false,
      depart: (patienceMs) => quietly(() => leaveSilentNodes(foreign, patienceMs)),
      resume: ignore,
    };
  }
  if (isIoredis(foreign)) {
    return { isSingle: true, depart: () => quietly(() => leaveIfConnected(foreign)), resume: ignore };
  }
  if (isNodeRedis(foreign) && (isSingleNodeRedis(foreign) || isNodeRedisCluster(foreign))) {
    return new NodeRedisDeparture(foreign);
  }
  // A pool of node-redis and its createSentinel() cannot be made to connect again. The pool opens another connection for each
  // call that waits; createSentinel() learns of a failover from the sentinels.
  return { isSingle: true, depart: ignore, resume: ignore };
}

/** Whether it is a single client of node-redis: a pool, a cluster and createSentinel() lack this property. */
export function isSingleNodeRedis(client: object): boolean {
  return "isPubSubActive" in client;
}

/** Whether it knows which server has which keys. */
export function isCluster(client: object): boolean {
  return isIoredisCluster(client) || isNodeRedisCluster(client);
}

function isIoredisCluster(client: object): client is IoredisCluster {
  return "evalsha" in client && "nodes" in client && typeof client.nodes === "function";
}

function isNodeRedisCluster(client: object): boolean {
  return "masters" in client;
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

/** Sends PING to each node, so that nodes that answer keep their connections. The cluster then finds the new owner of the slots. */
function leaveSilentNodes(cluster: IoredisCluster, patienceMs: number): void {
  for (const node of cluster.nodes()) {
    if (!CONNECTED.includes(node.status)) continue;
    const timer = setTimeout(() => quietly(() => node.disconnect()), patienceMs);
    timer.unref();
    const answered = (): void => clearTimeout(timer);
    node.ping().then(answered, answered);
  }
}

class NodeRedisDeparture implements Departure {
  readonly isSingle: boolean;
  readonly #client: NodeRedisConnection;
  /** When the client was made to connect again; undefined once it has. */
  #leftAtMs: number | undefined;

  constructor(client: NodeRedisConnection) {
    this.#client = client;
    this.isSingle = isSingleNodeRedis(client);
  }

  /** A client that the application has closed stays closed. */
  depart(): void {
    quietly(() => {
      if (this.#client.isOpen) this.#connectAnew();
    });
  }

  resume(): void {
    if (this.#leftAtMs === undefined || performance.now() - this.#leftAtMs < CONNECT_IS_OVER_MS) return;
    quietly(() => this.#connectAnew());
  }

  #connectAnew(): void {
    const client = this.#client;
    const leftAtMs = performance.now();
    this.#leftAtMs = leftAtMs;
    const mayBeTrying = client.isOpen && client.isReady !== true;
    if (client.isOpen) {
      const closed = client.destroy === undefined ? client.disconnect?.() : client.destroy();
      Promise.resolve(closed).catch(ignore);
    }
    const back = (): void => {
      if (this.#leftAtMs === leftAtMs) this.#leftAtMs = undefined;
    };
    const connect = (): void => {
      if (client.isOpen) back();
      else client.connect().then(back).catch(ignore);
    };
    setTimeout(() => quietly(connect), mayBeTrying ? TRY_IS_OVER_MS : 0).unref();
  }
}

/** The client's own listeners hear of its errors. */
function ignore(): void {}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // The client stays on its connection, and calls go on failing in time.
  }
}
