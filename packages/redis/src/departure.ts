import type { RedisClient } from "./client.ts";

/** How a client is made to leave a connection and to connect anew. */
export interface Departure {
  /** Whether it has one connection, so that an answer to a later call says that an earlier one was answered. */
  readonly isSingle: boolean;
  /** @param patienceMs how long a connection of several may take to prove that it is alive */
  depart(patienceMs: number): void;
  /** A call has failed: takes up a departure from which the client has not come back. */
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

/** A client that waits before its next try, or has no connection yet, is left alone: it is at work on one. */
const CONNECTED: readonly string[] = ["ready", "connect"];

/**
 * After which a client of node-redis that was told to connect has not come to it. A cluster waits for a node that is
 * frozen without end, and does not try again where it has found none; its calls fail at once meanwhile.
 */
const CONNECT_IS_OVER_MS = 10_000;

/** A client of node-redis that is not ready may be in the midst of a try, which has to end first: it takes 2.2 s at most. */
const TRY_IS_OVER_MS = 2_500;

export function departureOf(client: RedisClient): Departure {
  const foreign: object = client;
  if (isCluster(foreign)) {
    return {
      isSingle: false,
      depart: (patienceMs) => quietly(() => leaveSilentNodes(foreign, patienceMs)),
      resume: ignore,
    };
  }
  if (isIoredis(foreign)) {
    return { isSingle: true, depart: () => quietly(() => leaveIfConnected(foreign)), resume: ignore };
  }
  if (isNodeRedis(foreign) && (isSingleNodeRedis(foreign) || "masters" in foreign)) {
    return new NodeRedisDeparture(foreign);
  }
  // A pool of node-redis and its createSentinel() could not be connected anew. The first opens another connection for
  // each call that waits, the second hears of a failover from the sentinels.
  return { isSingle: true, depart: ignore, resume: ignore };
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

class NodeRedisDeparture implements Departure {
  readonly isSingle: boolean;
  readonly #client: NodeRedisConnection;
  /** When the client was left; undefined once it is back, and where its owner connects it. */
  #leftAtMs: number | undefined;

  constructor(client: NodeRedisConnection) {
    this.#client = client;
    this.isSingle = isSingleNodeRedis(client);
  }

  /** One that its owner has closed stays closed. */
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

/** The client tells its own listeners of errors. */
function ignore(): void {}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // A client that cannot be left: the calls go on failing in time.
  }
}
