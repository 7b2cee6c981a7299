import { askRedis, untilRedisSays } from "./redis-process.ts";
import { RedisServer } from "./redis-server.ts";

const SLOTS = 16_384;
const PRIMARIES = 3;
/** The default is 15 s; what is tried is not how long it takes until the nodes notice. */
const NODE_TIMEOUT_MS = 1_500;

/** A cluster of three primaries; with replicas, each has one, which takes over once its primary does not answer. */
export class RedisCluster {
  readonly primaries: readonly RedisServer[];
  readonly replicas: readonly RedisServer[];

  static async start({ replicas = false }: { readonly replicas?: boolean } = {}): Promise<RedisCluster> {
    const options = ["--cluster-enabled", "yes", "--cluster-node-timeout", String(NODE_TIMEOUT_MS)];
    const count = replicas ? 2 * PRIMARIES : PRIMARIES;
    const nodes = await Promise.all(
      Array.from({ length: count }, () => RedisServer.start(...options, "--repl-diskless-sync-delay", "0")),
    );
    const cluster = new RedisCluster(nodes.slice(0, PRIMARIES), nodes.slice(PRIMARIES));
    await cluster.#join(nodes);
    return cluster;
  }

  private constructor(primaries: readonly RedisServer[], replicas: readonly RedisServer[]) {
    this.primaries = primaries;
    this.replicas = replicas;
  }

  get urls(): readonly string[] {
    return this.primaries.map(({ url }) => url);
  }

  /** Resolves once a replica has the slots of its primary. */
  async promoted(index: number): Promise<void> {
    const replica = this.replicas[index] as RedisServer;
    await untilRedisSays(replica.port, ["ROLE"], /^master/);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.primaries, ...this.replicas].map((node) => node.stop()));
  }

  async #join(nodes: readonly RedisServer[]): Promise<void> {
    const [first] = nodes;
    for (const { port } of nodes) await askRedis(port, "CLUSTER", "MEET", "127.0.0.1", String(first?.port));
    for (const [i, { port }] of this.primaries.entries()) {
      const from = Math.ceil((i * SLOTS) / PRIMARIES);
      const to = Math.ceil(((i + 1) * SLOTS) / PRIMARIES) - 1;
      await askRedis(port, "CLUSTER", "ADDSLOTSRANGE", String(from), String(to));
    }
    const known = new RegExp(`cluster_known_nodes:${nodes.length}\\b`);
    for (const { port } of nodes) await untilRedisSays(port, ["CLUSTER", "INFO"], known);
    for (const [i, { port }] of this.replicas.entries()) {
      const id = (await askRedis(this.primaries[i]?.port ?? 0, "CLUSTER", "MYID")).trim();
      await untilRedisSays(port, ["CLUSTER", "REPLICATE", id], /^OK/);
    }
    for (const { port } of nodes) {
      await untilRedisSays(port, ["CLUSTER", "INFO"], /cluster_state:ok/);
      // Every node by its address, or else a client would be told of one that it cannot reach.
      await untilRedisSays(
        port,
        ["CLUSTER", "SLOTS"],
        new RegExp(`(127\\.0\\.0\\.1.*){${nodes.length}}`, "s"),
      );
    }
    for (const { port } of this.replicas) await untilRedisSays(port, ["ROLE"], /connected/);
  }
}
