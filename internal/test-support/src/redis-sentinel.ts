import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { askRedis, killRedisProcess, startRedisProcess, untilRedisSays } from "./redis-process.ts";
import { RedisServer } from "./redis-server.ts";

/** What the sentinels call the primary. */
export const SENTINEL_NAME = "primary";

const SENTINELS = 3;
/** Usual are 5 to 30 s; what is tried is not how long it takes until they notice. */
const DOWN_AFTER_MS = 1_000;

interface Address {
  readonly host: string;
  readonly port: number;
}

/** A primary, two replicas, and three sentinels that promote one of these once the primary does not answer. */
export class RedisSentinel {
  readonly primary: RedisServer;
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly Address[];
  readonly #processes: readonly ChildProcess[];
  readonly #folder: string;

  /** @param options of both servers, as on the command line */
  static async start(...options: readonly string[]): Promise<RedisSentinel> {
    const primary = await RedisServer.start("--repl-diskless-sync-delay", "0", ...options);
    const replicaOf = ["--replicaof", "127.0.0.1", String(primary.port)];
    const replicas = await Promise.all([1, 2].map(() => RedisServer.start(...replicaOf, ...options)));
    await untilRedisSays(primary.port, ["INFO", "replication"], /(state=online.*){2}/s);
    const folder = mkdtempSync(join(tmpdir(), "mintfax-sentinel-"));
    const started = Array.from({ length: SENTINELS }, () => startSentinel(folder, primary.port));
    const sentinels = await Promise.all(started);
    for (const { port } of sentinels) {
      await untilRedisSays(
        port,
        ["SENTINEL", "MASTER", SENTINEL_NAME],
        /num-slaves\n2\nnum-other-sentinels\n2\n/,
      );
    }
    return new RedisSentinel(primary, replicas, sentinels, folder);
  }

  private constructor(
    primary: RedisServer,
    replicas: readonly RedisServer[],
    sentinels: readonly (Address & { readonly process: ChildProcess })[],
    folder: string,
  ) {
    this.primary = primary;
    this.replicas = replicas;
    this.sentinels = sentinels.map(({ host, port }) => ({ host, port }));
    this.#processes = sentinels.map(({ process }) => process);
    this.#folder = folder;
  }

  /** Resolves once a replica is the primary. */
  async promoted(): Promise<void> {
    await Promise.any(this.replicas.map(({ port }) => untilRedisSays(port, ["ROLE"], /^master/)));
  }

  /** Resolves once the former primary has learned that it is a replica now. */
  async demoted(): Promise<void> {
    await untilRedisSays(this.primary.port, ["ROLE"], /^slave/);
  }

  /** SIGSTOP of the primary, and of the first sentinel: a machine that has both, and stops without a farewell. */
  freeze(): void {
    this.primary.pause();
    this.#processes[0]?.kill("SIGSTOP");
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map(killRedisProcess));
    await Promise.all([this.primary, ...this.replicas].map((server) => server.stop()));
    rmSync(this.#folder, { recursive: true });
  }
}

async function startSentinel(
  folder: string,
  primaryPort: number,
): Promise<Address & { readonly process: ChildProcess }> {
  const host = "127.0.0.1";
  const port = await freePort();
  // It writes into this file what it learns.
  const file = join(folder, `${port}.conf`);
  const monitor = `sentinel monitor ${SENTINEL_NAME} ${host} ${primaryPort} 2`;
  const settings = [
    `port ${port}`,
    `bind ${host}`,
    `dir ${folder}`,
    monitor,
    `sentinel down-after-milliseconds ${SENTINEL_NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${SENTINEL_NAME} 10000`,
  ];
  writeFileSync(file, `${settings.join("\n")}\n`);
  const process = await startRedisProcess([file, "--sentinel"], "+monitor");
  await askRedis(port, "PING");
  return { host, port, process };
}
