import { type ChildProcess, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onFreePort } from "./free-port.ts";
import { killRedisProcess, startRedisProcess } from "./redis-process.ts";

/** Whether `redis-server` is on the PATH. */
export const HAS_REDIS: boolean = spawnSync("redis-server", ["--version"]).status === 0;

/** A `redis-server` process on a free port of this machine, with what it stores in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  /** @param options as on its command line: `"--appendonly", "yes"`. Without any, it stores nothing on disk. */
  static start(...options: readonly string[]): Promise<RedisServer> {
    return onFreePort(async (port) => {
      const redis = new RedisServer(port, options);
      try {
        await redis.restart();
        return redis;
      } catch (error) {
        await redis.stop();
        throw error;
      }
    });
  }

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), "mintfax-redis-"));
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it once more after {@link kill}; resolves when it takes connections. */
  async restart(): Promise<void> {
    const { port } = this;
    const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    this.#process = await startRedisProcess([...own, ...this.#options], "Ready to accept connections");
  }

  /** SIGKILL: no farewell, no saving. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child !== undefined) await killRedisProcess(child);
  }

  /** SIGSTOP: connections stay open, and nothing is answered. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}
