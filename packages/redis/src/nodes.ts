import { StoreUnavailableError } from "@mintfax-webhooks/core/store";
import type { RedisClient } from "./client.ts";

/** A server that has keys of its own. */
export interface Node {
  readonly isOfCluster: boolean;
  /** What the client itself puts before every key: an option of ioredis. */
  readonly keyPrefix: string;
  send(words: readonly string[]): Promise<unknown>;
}

interface Ioredis {
  readonly options?: { readonly keyPrefix?: string };
  call(command: string, ...words: string[]): Promise<unknown>;
}

interface NodeRedis {
  sendCommand(words: readonly string[]): Promise<unknown>;
}

interface IoredisCluster {
  nodes(role: "master"): readonly Ioredis[];
}

interface NodeRedisCluster {
  readonly masters: readonly object[];
  nodeClient(node: object): PromiseLike<NodeRedis> | NodeRedis;
}

/** The server of a client, or all primaries of a cluster. */
export async function nodesOf(client: RedisClient): Promise<readonly Node[]> {
  const foreign: object = client;
  if ("nodes" in foreign && typeof foreign.nodes === "function") {
    const nodes = (foreign as IoredisCluster).nodes("master");
    if (nodes.length === 0)
      throw new StoreUnavailableError("The client of the cluster knows no primary yet.");
    return nodes.map((node) => ofIoredis(node, true));
  }
  if ("masters" in foreign && "nodeClient" in foreign) {
    const cluster = foreign as NodeRedisCluster;
    const clients = await Promise.all(cluster.masters.map((node) => cluster.nodeClient(node)));
    if (clients.length === 0)
      throw new StoreUnavailableError("The client of the cluster knows no primary yet.");
    return clients.map((node) => ofNodeRedis(node, true));
  }
  return [
    "evalsha" in foreign
      ? ofIoredis(foreign as unknown as Ioredis, false)
      : ofNodeRedis(foreign as NodeRedis, false),
  ];
}

function ofIoredis(client: Ioredis, isOfCluster: boolean): Node {
  return {
    isOfCluster,
    keyPrefix: client.options?.keyPrefix ?? "",
    send: ([command = "", ...words]) => client.call(command, ...words),
  };
}

function ofNodeRedis(client: NodeRedis, isOfCluster: boolean): Node {
  return { isOfCluster, keyPrefix: "", send: (words) => client.sendCommand(words) };
}
